//! The active set of Wolfe's nearest-point method: affinely independent vertices with positive
//! weights, and the QR factors of their matrix.

use crate::numeric::math::dot;

/// A column whose part outside the span of the others is below this share of its norm depends on
/// them.
const INDEPENDENCE: f64 = 1e-13;

/// Affinely independent points, with the weights of the nearest point of their affine hull.
#[derive(Debug)]
pub(super) struct Corral<'a> {
    points: &'a [Vec<f64>],
    /// Put before each point as its first coordinate, so that affine independence becomes linear.
    height: f64,
    members: Vec<usize>,
    weights: Vec<f64>,
    /// An orthonormal basis of the raised points `(height, point)`, in the order of the members.
    basis: Vec<Vec<f64>>,
    /// Columns of the upper triangular factor.
    upper: Vec<Vec<f64>>,
}

impl<'a> Corral<'a> {
    /// The corral of the nearest single point, or of the positive shares of `start`, settled.
    pub(super) fn new(points: &'a [Vec<f64>], scale: f64, start: Option<&[f64]>) -> Self {
        let mut corral = Self {
            points,
            height: if scale > 0.0 { scale } else { 1.0 },
            members: Vec::new(),
            weights: Vec::new(),
            basis: Vec::new(),
            upper: Vec::new(),
        };
        for (vertex, &share) in start.unwrap_or_default().iter().enumerate() {
            if share > 0.0 && corral.append(vertex) {
                corral.weights.push(share);
            }
        }
        if corral.members.is_empty() {
            let norm = |vertex: &usize| dot(&points[*vertex], &points[*vertex]);
            let nearest = (0..points.len()).min_by(|a, b| norm(a).total_cmp(&norm(b)));
            corral.append(nearest.unwrap_or(0));
            corral.weights.push(1.0);
        }
        let total: f64 = corral.weights.iter().sum();
        corral.weights.iter_mut().for_each(|weight| *weight /= total);
        corral.settle();
        corral
    }

    /// Takes in a vertex and settles; `false`, with nothing changed, if it depends on the members.
    pub(super) fn enter(&mut self, vertex: usize) -> bool {
        if self.members.contains(&vertex) || !self.append(vertex) {
            return false;
        }
        self.weights.push(0.0);
        self.settle();
        true
    }

    /// The weighted mean of the members.
    pub(super) fn nearest_point(&self) -> Vec<f64> {
        let mut mean = vec![0.0; self.points[0].len()];
        for (&vertex, &weight) in self.members.iter().zip(&self.weights) {
            for (entry, &value) in mean.iter_mut().zip(&self.points[vertex]) {
                *entry += weight * value;
            }
        }
        mean
    }

    /// The weights of all vertices: 0 outside the corral.
    pub(super) fn shares(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.points.len()];
        for (&vertex, &weight) in self.members.iter().zip(&self.weights) {
            shares[vertex] = weight;
        }
        shares
    }

    /// Moves to the nearest point of the affine hull, dropping members whose weight would turn
    /// negative on the way. Invariant: the weights are non-negative and sum to 1.
    fn settle(&mut self) {
        loop {
            let wanted = self.affine_minimiser();
            let mut step = 1.0;
            for (&weight, &goal) in self.weights.iter().zip(&wanted) {
                if goal <= 0.0 {
                    step = f64::min(step, weight / (weight - goal));
                }
            }
            for (weight, goal) in self.weights.iter_mut().zip(&wanted) {
                *weight += step * (goal - *weight);
            }
            if wanted.iter().all(|&goal| goal > 0.0) {
                return;
            }
            self.drop_weightless(&wanted);
        }
    }

    /// Removes the member that reached 0 first (and any other at 0), and factorises anew.
    fn drop_weightless(&mut self, wanted: &[f64]) {
        let blocking = (0..self.weights.len()).filter(|&index| wanted[index] <= 0.0);
        let first = blocking.min_by(|&a, &b| self.weights[a].total_cmp(&self.weights[b]));
        let kept: Vec<(usize, f64)> = (0..self.members.len())
            .filter(|&index| Some(index) != first && self.weights[index] > 0.0)
            .map(|index| (self.members[index], self.weights[index]))
            .collect();
        let total: f64 = kept.iter().map(|(_, weight)| weight).sum();
        self.members.clear();
        self.weights.clear();
        self.basis.clear();
        self.upper.clear();
        for (vertex, weight) in kept {
            if self.append(vertex) {
                self.weights.push(weight / total);
            }
        }
    }

    /// Adds a vertex to the factors by Gram-Schmidt, orthogonalised twice ("twice is enough").
    fn append(&mut self, vertex: usize) -> bool {
        let mut rest = Vec::with_capacity(self.points[vertex].len() + 1);
        rest.push(self.height);
        rest.extend_from_slice(&self.points[vertex]);
        let norm = dot(&rest, &rest).sqrt();
        let mut column = vec![0.0; self.basis.len()];
        for _ in 0..2 {
            for (direction, entry) in self.basis.iter().zip(&mut column) {
                let component = dot(direction, &rest);
                *entry += component;
                for (value, &along) in rest.iter_mut().zip(direction) {
                    *value -= component * along;
                }
            }
        }
        let outside = dot(&rest, &rest).sqrt();
        if !(outside > INDEPENDENCE * norm) {
            return false;
        }
        rest.iter_mut().for_each(|value| *value /= outside);
        column.push(outside);
        self.basis.push(rest);
        self.upper.push(column);
        self.members.push(vertex);
        true
    }

    /// The weights, summing to 1, of the nearest point of the affine hull to the origin.
    ///
    /// With Q the raised points, these solve `Q^T Q u = 1` up to a factor; `1 = Q^T e_0 / height`,
    /// so `R u` is proportional to the first coordinates of the basis, one triangular solve.
    fn affine_minimiser(&self) -> Vec<f64> {
        let mut solution: Vec<f64> = self.basis.iter().map(|direction| direction[0]).collect();
        for col in (0..solution.len()).rev() {
            solution[col] /= self.upper[col][col];
            let value = solution[col];
            for (row, entry) in self.upper[col][..col].iter().enumerate() {
                solution[row] -= entry * value;
            }
        }
        let total: f64 = solution.iter().sum();
        solution.iter().map(|value| value / total).collect()
    }
}
