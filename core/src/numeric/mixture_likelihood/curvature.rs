//! How the likelihood of a mixture bends.

use super::ratios::{BLOCK, LikelihoodRatios, blocks};
use crate::numeric::math;
use crate::numeric::matrix::Matrix;

impl LikelihoodRatios {
    /// Minus the Hessian of the mean log-likelihood at `shares`: the weighted mean of the outer
    /// products of ratio over mixture, `[n_classes, n_classes]`.
    pub fn curvature(&self, shares: &[f64]) -> Matrix {
        let every_class: Vec<usize> = (0..shares.len()).collect();
        curvature(self, &self.ratios.transposed_times(shares), &every_class)
    }
}

/// The weighted mean of the outer products of ratio over density, for the classes in play; `mixed` are the densities
/// of texts under the mixture.
pub(super) fn curvature(problem: &LikelihoodRatios, mixed: &[f64], in_play: &[usize]) -> Matrix {
    let size = in_play.len();
    let mut curvature = Matrix::zeros(size, size);
    let (mut factors, mut scaled) = ([0.0; BLOCK], [0.0; BLOCK]);
    for texts in blocks(mixed.len()) {
        let ratios = |row: usize| &problem.ratios.row(in_play[row])[texts.clone()];
        let (factors, scaled) = (&mut factors[..texts.len()], &mut scaled[..texts.len()]);
        let terms = problem.weights[texts.clone()].iter().zip(&mixed[texts.clone()]);
        factors.iter_mut().zip(terms).for_each(|(factor, (weight, d))| *factor = weight / (d * d));
        for row in 0..size {
            let terms = ratios(row).iter().zip(factors.iter());
            scaled.iter_mut().zip(terms).for_each(|(entry, (ratio, f))| *entry = ratio * f);
            for (col, entry) in curvature.row_mut(row)[..=row].iter_mut().enumerate() {
                *entry += math::dot(scaled, ratios(col));
            }
        }
    }
    let total = problem.total_weight();
    for row in 0..size {
        for col in 0..=row {
            let mean = curvature[(row, col)] / total;
            curvature[(row, col)] = mean;
            curvature[(col, row)] = mean;
        }
    }
    curvature
}
