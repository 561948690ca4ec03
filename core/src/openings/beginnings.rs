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

/// Densities of first tokens, those of categories before those of nuisances.
#[derive(Debug, Clone, PartialEq)]
pub struct Beginnings {
    /// `[n_cells, n_categories + n_nuisances]`, columns sum to 1.
    pub densities: Matrix,
    /// How much of each category's beginnings the model has learned, in category order; all 1 where that is not
    /// asked.
    pub learned: Vec<f64>,
}

impl Beginnings {
    /// The beginnings of the reference documents.
    ///
    /// A category's density is `(counts + a (0.9 anywhere + 0.1 uniform)) / (n + a)`, for `a` pseudo-documents. Small
    /// models put a tenth to a quarter of what they expect on tokens that begin no document; nuisances take it, and
    /// count for nothing.
    pub fn of(evidence: &Evidence, smoothing: Smoothing) -> Self {
        let counts: Vec<&[f64]> =
            evidence.references.iter().map(|references| references.counts.as_slice()).collect();
        Self::of_counts(evidence, &counts, smoothing)
    }

    /// As [`Beginnings::of`], from other counts of the same categories.
    pub(super) fn of_counts(evidence: &Evidence, counts: &[&[f64]], smoothing: Smoothing) -> Self {
        let nuisances = if smoothing.nuisances { Nuisances::COUNT } else { 0 };
        let n_categories = counts.len();
        let mut densities = Matrix::zeros(evidence.cells.len(), n_categories + nuisances);
        for (category, (references, counts)) in evidence.references.iter().zip(counts).enumerate() {
            let column = smoothed(references, counts, &evidence.nuisances.uniform, smoothing);
            set_column(&mut densities, category, column.into_iter());
        }
        for (number, shares) in evidence.nuisances.all().into_iter().take(nuisances).enumerate() {
            set_column(&mut densities, n_categories + number, shares.iter().copied());
        }
        Self { densities, learned: vec![1.0; n_categories] }
    }

    /// The same for a model that has learned so much of each token's share, `[n_cells]`: what it expects of a
    /// category is what it has learned of it.
    pub(super) fn as_learned(&self, learned_tokens: &[f64]) -> Self {
        let n_categories = self.learned.len();
        let mut densities = self.densities.clone();
        let mut learned = vec![0.0; n_categories];
        for (cell, factor) in learned_tokens.iter().enumerate() {
            let row = &mut densities.row_mut(cell)[..n_categories];
            for (entry, total) in row.iter_mut().zip(&mut learned) {
                *entry *= factor;
                *total += *entry;
            }
        }
        for cell in 0..densities.n_rows() {
            let row = &mut densities.row_mut(cell)[..n_categories];
            row.iter_mut().zip(&learned).for_each(|(entry, total)| *entry /= total);
        }
        Self { densities, learned }
    }

    /// How many categories there are.
    pub fn n_categories(&self) -> usize {
        self.learned.len()
    }

    /// The first tokens of documents of a mixture, over cells.
    pub fn mixed(&self, shares: &[f64]) -> Vec<f64> {
        let of_cell =
            |row: &[f64]| row.iter().zip(shares).map(|(density, share)| density * share).sum();
        self.densities.rows().map(of_cell).collect()
    }
}

fn set_column(densities: &mut Matrix, column: usize, values: impl Iterator<Item = f64>) {
    values.enumerate().for_each(|(cell, share)| densities[(cell, column)] = share);
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
