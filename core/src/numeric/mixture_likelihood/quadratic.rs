//! A convex quadratic on the non-negative orthant.

use crate::numeric::math::dot;
use crate::numeric::matrix::{Cholesky, Matrix};

/// The `x >= 0` that minimises `1/2 x^T A x - b^T x`, for a symmetric positive semidefinite `A`,
/// starting from the positive entries of `start`.
///
/// The active-set method of Lawson & Hanson (1974, chapter 23) on the normal equations: finite,
/// with exact zeros. It may stop early in degenerate cases; its caller searches along the line to
/// the result and so needs no more than a direction of descent.
pub(super) fn minimize(matrix: &Matrix, linear: &[f64], start: &[f64]) -> Vec<f64> {
    let size = linear.len();
    let mut point: Vec<f64> = start.iter().map(|&entry| entry.max(0.0)).collect();
    let mut free: Vec<bool> = point.iter().map(|&entry| entry > 0.0).collect();
    let scale = linear.iter().fold(0.0, |largest: f64, entry| largest.max(entry.abs()));
    for _ in 0..=3 * size {
        settle(matrix, linear, &mut point, &mut free);
        let slack = |index: usize| linear[index] - dot(matrix.row(index), &point);
        let entering = (0..size)
            .filter(|&index| !free[index])
            .map(|index| (index, slack(index)))
            .max_by(|left, right| left.1.total_cmp(&right.1));
        match entering {
            Some((index, value)) if value > 1e-12 * scale => free[index] = true,
            _ => break,
        }
    }
    point
}

/// Minimises over the free entries, fixing those that would turn negative at 0 on the way.
fn settle(matrix: &Matrix, linear: &[f64], point: &mut [f64], free: &mut [bool]) {
    loop {
        let members: Vec<usize> = (0..free.len()).filter(|&index| free[index]).collect();
        if members.is_empty() {
            return;
        }
        let goal = unconstrained(matrix, linear, &members);
        let mut step = 1.0;
        let mut blocking = None;
        for (&index, &wanted) in members.iter().zip(&goal) {
            if wanted <= 0.0 {
                let room = point[index] / (point[index] - wanted);
                let room = if room.is_finite() { room } else { 0.0 };
                if room < step || blocking.is_none() {
                    step = room;
                    blocking = Some(index);
                }
            }
        }
        for (&index, &wanted) in members.iter().zip(&goal) {
            point[index] = (point[index] + step * (wanted - point[index])).max(0.0);
        }
        let Some(index) = blocking else { return };
        point[index] = 0.0;
        free[index] = false;
    }
}

fn unconstrained(matrix: &Matrix, linear: &[f64], members: &[usize]) -> Vec<f64> {
    let mut part = Matrix::zeros(members.len(), members.len());
    for (row_idx, &row) in members.iter().enumerate() {
        for (col_idx, &col) in members.iter().enumerate() {
            part[(row_idx, col_idx)] = matrix[(row, col)];
        }
    }
    let target: Vec<f64> = members.iter().map(|&index| linear[index]).collect();
    Cholesky::of_semidefinite(&part).solve(&target)
}
