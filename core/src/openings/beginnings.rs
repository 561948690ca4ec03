//! The distributions that a model's expectation is taken to be a mixture of.

use super::evidence::{Evidence, Nuisances, References};
use crate::numeric::matrix::Matrix;

/// How the first tokens of categories are made of counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Smoothing {
    /// So many documents' worth of the category's tokens from anywhere are added to the counted beginnings, so
    /// that no token is impossible.
    pub pseudo_documents: f64,
    /// Whether the model may expect what begins no document.
    pub nuisances: bool,
}

/// Of the tokens that are added, so many are the category's own; the rest is spread evenly over the vocabulary.
const OWN_SHARE: f64 = 0.9;

/// The densities of first tokens: `[n_cells, n_categories + n_nuisances]`, columns sum to 1.
///
/// A category's is `(counts + a (0.9 anywhere + 0.1 uniform)) / (n + a)`, for `a` pseudo-documents. Small models put
/// a tenth to a quarter of what they expect on tokens that begin no document; nuisances take it, and count for nothing.
pub fn beginnings(evidence: &Evidence, smoothing: Smoothing) -> Matrix {
    let counts: Vec<&[f64]> =
        evidence.references.iter().map(|references| references.counts.as_slice()).collect();
    beginnings_of(evidence, &counts, smoothing)
}

/// As [`beginnings`], from other counts of the same categories.
pub(super) fn beginnings_of(
    evidence: &Evidence,
    counts: &[&[f64]],
    smoothing: Smoothing,
) -> Matrix {
    let nuisances = if smoothing.nuisances { Nuisances::COUNT } else { 0 };
    let mut densities = Matrix::zeros(evidence.cells.len(), counts.len() + nuisances);
    for (category, (references, counts)) in evidence.references.iter().zip(counts).enumerate() {
        let column = smoothed(references, counts, &evidence.nuisances.uniform, smoothing);
        column
            .into_iter()
            .enumerate()
            .for_each(|(cell, share)| densities[(cell, category)] = share);
    }
    for (number, shares) in evidence.nuisances.all().into_iter().take(nuisances).enumerate() {
        for (cell, &share) in shares.iter().enumerate() {
            densities[(cell, counts.len() + number)] = share;
        }
    }
    densities
}

fn smoothed(
    references: &References,
    counts: &[f64],
    uniform: &[f64],
    smoothing: Smoothing,
) -> Vec<f64> {
    let added = smoothing.pseudo_documents;
    let total = counts.iter().sum::<f64>() + added;
    let cells = counts.iter().zip(&references.anywhere).zip(uniform);
    cells
        .map(|((count, own), even)| {
            (count + added * (OWN_SHARE * own + (1.0 - OWN_SHARE) * even)) / total
        })
        .collect()
}
