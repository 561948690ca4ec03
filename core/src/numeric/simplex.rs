//! The probability simplex: Euclidean projection, and least squares constrained to it.

mod corral;

use crate::numeric::math::dot;
use crate::numeric::matrix::Matrix;
use crate::numeric::termination::Termination;
use corral::Corral;

/// The point of the simplex nearest to `point`, in Euclidean distance.
///
/// Sorts and thresholds (Held, Wolfe & Crowder 1974; Duchi et al. 2008, figure 1).
/// Time: O(n ln n). An empty slice gives an empty vector.
pub fn project(point: &[f64]) -> Vec<f64> {
    let mut sorted = point.to_vec();
    sorted.sort_by(|left, right| right.total_cmp(left));
    let (mut partial_sum, mut n_used, mut threshold) = (0.0, 0.0, 0.0);
    for value in sorted {
        partial_sum += value;
        n_used += 1.0;
        let candidate = (partial_sum - 1.0) / n_used;
        if value > candidate {
            threshold = candidate;
        }
    }
    point.iter().map(|value| (value - threshold).max(0.0)).collect()
}

/// A least-squares solution on the simplex, and how good it is.
#[derive(Debug, Clone, PartialEq)]
pub struct SimplexFit {
    /// The solution: non-negative, summing to 1; zeros are exact.
    pub shares: Vec<f64>,
    /// `||A x - b||` there.
    pub residual_norm: f64,
    /// Certificate: the duality gap `<x, g> - min_k g_k` for the gradient `g` of
    /// `1/2 ||A x - b||^2`; the objective is at most this far above its minimum.
    pub duality_gap: f64,
    /// Points that entered the active set.
    pub iterations: usize,
    /// Why it stopped.
    pub termination: Termination,
}

/// The `x` on the simplex that minimises `||A x - b||`.
///
/// The nearest point to the origin of the convex hull of the points `A e_k - b`, by Wolfe's finite
/// active-set method (Mathematical Programming 11, 1976): exact up to rounding, with exact zeros.
/// `start`, the shares of a solution to a similar problem, saves iterations.
/// Where several `x` are optimal (singular A), one of them is returned.
///
/// # Shapes
/// `matrix`: `[n_rows, n_cols]`, `target`: `[n_rows]`, `start` and the solution: `[n_cols]`.
///
/// Time: O(n_rows n_cols) per iteration, about as many iterations as there are positive shares.
///
/// # Panics
/// If the matrix has no column or the target is not as long as a column.
pub fn least_squares(matrix: &Matrix, target: &[f64], start: Option<&[f64]>) -> SimplexFit {
    assert!(matrix.n_cols() > 0, "a simplex has at least one vertex");
    assert_eq!(matrix.n_rows(), target.len(), "the target is as long as a column");
    let points = vertices(matrix, target);
    let scale = points.iter().map(|point| dot(point, point)).fold(0.0, f64::max).sqrt();
    let mut corral = Corral::new(&points, scale, start);
    // Each iteration lowers the distance strictly, so no active set recurs; the cap is for rounding.
    let max_iterations = 50 + 20 * matrix.n_cols();
    let mut iterations = 0;
    loop {
        let nearest = corral.nearest_point();
        let gap = Gap::at(&nearest, &points);
        let distance = dot(&nearest, &nearest).sqrt();
        // Below the first bound the gap is rounding of its products; below the second the nearest
        // point is the origin up to the rounding of a mean of the points.
        let rounding = 64.0 * f64::EPSILON * scale;
        let termination = if gap.value <= rounding * distance || distance <= rounding {
            Some(Termination::Converged)
        } else if iterations == max_iterations {
            Some(Termination::IterationLimit)
        } else if !corral.enter(gap.vertex) {
            // The nearest point is a sum of points as long as `scale`, so its rounding moves the gap
            // by this much however small the distance is.
            let is_rounding = gap.value <= rounding * scale;
            Some(if is_rounding { Termination::Converged } else { Termination::Stalled })
        } else {
            None
        };
        if let Some(termination) = termination {
            return SimplexFit {
                shares: corral.shares(),
                residual_norm: distance,
                duality_gap: gap.value.max(0.0),
                iterations,
                termination,
            };
        }
        iterations += 1;
    }
}

/// The points `A e_k - b`.
fn vertices(matrix: &Matrix, target: &[f64]) -> Vec<Vec<f64>> {
    let transposed = matrix.transposed();
    let shifted = |column: &[f64]| column.iter().zip(target).map(|(a, b)| a - b).collect();
    transposed.rows().map(shifted).collect()
}

/// The duality gap and the vertex that attains it.
struct Gap {
    value: f64,
    vertex: usize,
}

impl Gap {
    fn at(nearest: &[f64], points: &[Vec<f64>]) -> Self {
        let norm2 = dot(nearest, nearest);
        let mut gap = Self { value: f64::NEG_INFINITY, vertex: 0 };
        for (vertex, point) in points.iter().enumerate() {
            let value = norm2 - dot(nearest, point);
            if value > gap.value {
                gap = Self { value, vertex };
            }
        }
        gap
    }
}

#[cfg(test)]
#[path = "simplex_tests.rs"]
mod tests;
