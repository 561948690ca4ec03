//! Documents and lead-ins as another sample might have had them.

use super::evidence::Evidence;
use crate::numeric::matrix::Matrix;
use crate::numeric::rng::RandomStream;

/// Counts of as many documents, drawn in proportion to `weights`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of documents, at least 1 and far below 2^52"
)]
pub(super) fn drawn_counts(weights: &[f64], n: f64, stream: &mut RandomStream) -> Vec<f64> {
    let mut cumulative: Vec<(usize, f64)> = Vec::new();
    let mut total = 0.0;
    for (cell, &weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        total += weight;
        cumulative.push((cell, total));
    }
    let mut counts = vec![0.0; weights.len()];
    for _ in 0..n.round() as usize {
        let place = stream.unit() * total;
        let found = cumulative.partition_point(|(_, upto)| *upto <= place);
        let cell = cumulative[found.min(cumulative.len() - 1)].0;
        counts[cell] += 1.0;
    }
    counts
}

/// The mean of as many expectations of each row, drawn with replacement.
pub(super) fn drawn_expectations(evidence: &Evidence, stream: &mut RandomStream) -> Matrix {
    let mut mean = Matrix::zeros(evidence.n_rows(), evidence.cells.len());
    for row in 0..mean.n_rows() {
        let own: Vec<_> = evidence.of_row(row).collect();
        let drawn: Vec<_> = own.iter().map(|_| own[stream.index(own.len())]).collect();
        let n_leads: f64 = drawn.iter().map(|expectation| expectation.n_leads).sum();
        for expectation in drawn {
            let weight = expectation.n_leads / n_leads;
            let entries = mean.row_mut(row).iter_mut().zip(&expectation.shares);
            entries.for_each(|(entry, share)| *entry += weight * share);
        }
    }
    mean
}
