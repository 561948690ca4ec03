//! How the likelihood of a mixture bends.

use super::LikelihoodRatios;
use super::ratios::{BLOCK, blocks};
use crate::numeric::math;
use crate::numeric::matrix::Matrix;

/// The weighted mean of the outer products of ratio over density, for the classes in play; `mixed` are the densities
/// of texts under the mixture.
pub(super) fn curvature(problem: &LikelihoodRatios, mixed: &[f64], in_play: &[usize]) -> Matrix {
    let size = in_play.len();
    let mut curvature = Matrix::zeros(size, size);
    let (mut factors, mut scaled) = ([0.0; BLOCK], vec![0.0; BLOCK * size]);
    for texts in blocks(mixed.len()) {
        let n = texts.len();
        let factors = &mut factors[..n];
        let terms = problem.weights[texts.clone()].iter().zip(&mixed[texts.clone()]);
        factors.iter_mut().zip(terms).for_each(|(factor, (weight, d))| *factor = weight.sqrt() / d);
        for (row, &class) in in_play.iter().enumerate() {
            let terms = problem.ratios.row(class)[texts.clone()].iter().zip(factors.iter());
            let entries = scaled[row * BLOCK..][..n].iter_mut().zip(terms);
            entries.for_each(|(entry, (ratio, factor))| *entry = ratio * factor);
        }
        for row in 0..size {
            let own = &scaled[row * BLOCK..][..n];
            for (col, entry) in curvature.row_mut(row)[..=row].iter_mut().enumerate() {
                *entry += math::dot(own, &scaled[col * BLOCK..][..n]);
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
