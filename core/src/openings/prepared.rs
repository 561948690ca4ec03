//! An estimate with all that replicates and tests of it are made from.

use super::beginnings::Beginnings;
use super::estimate::Estimate;
use super::evidence::Evidence;
use super::following::{Following, mean_expectations};
use super::learning::Learning;
use super::options::OpeningsOptions;
use crate::numeric::math;
use crate::numeric::matrix::Matrix;

/// An estimate, and all that it was made by.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(super) evidence: Evidence,
    /// The mean expectation of each row, `[n_rows, n_cells]`.
    pub(super) expected: Matrix,
    /// The beginnings of documents.
    pub(super) whole: Beginnings,
    /// The beginnings as the model has learned them.
    pub(super) beginnings: Beginnings,
    pub(super) learning: Option<Learning>,
    pub(super) following: Following,
    /// How far the estimate moves with a quarter of the smoothing or with four times as much, whichever is more.
    pub(super) smoothing_distance: f64,
    pub(super) options: OpeningsOptions,
}

/// How far the model's expectation of a token is from what the mixture explains.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TokenMisfit {
    /// The token.
    pub token: String,
    /// Its share of what the model expects, averaged over documents before.
    pub expected: f64,
    /// Its share by the mixture and the nuisances.
    pub explained: f64,
}

impl Prepared {
    /// The estimate from this evidence, merged already.
    pub(super) fn new(evidence: Evidence, options: OpeningsOptions) -> Self {
        let expected = mean_expectations(&evidence);
        let estimate = Estimate::of(&evidence, &expected, &options);
        let smoothing_distance = smoothing_distance(&evidence, &expected, &estimate, &options);
        let Estimate { whole, beginnings, learning, following } = estimate;
        Self {
            evidence,
            expected,
            whole,
            beginnings,
            learning,
            following,
            smoothing_distance,
            options,
        }
    }

    /// The beginnings that other counts of documents give, learned as those of the estimate are.
    pub(super) fn as_learned(&self, counts: &[&[f64]]) -> Beginnings {
        let whole = Beginnings::of_counts(&self.evidence, counts, self.options.smoothing());
        match &self.learning {
            Some(learning) => whole.as_learned(&learning.tokens),
            None => whole,
        }
    }

    /// The tokens, those of the largest misfit first.
    pub fn misfits(&self) -> Vec<TokenMisfit> {
        let (explained, expected) = self.explained_and_expected();
        let mut all: Vec<TokenMisfit> = self
            .evidence
            .cells
            .iter()
            .zip(expected.into_iter().zip(explained))
            .map(|(token, (expected, explained))| TokenMisfit {
                token: token.clone(),
                expected,
                explained,
            })
            .collect();
        let misfit = |one: &TokenMisfit| (one.expected - one.explained).abs();
        all.sort_by(|left, right| misfit(right).total_cmp(&misfit(left)));
        all
    }

    /// The category after whose documents the model's expectation is explained worst.
    pub fn worst_row(&self) -> Option<&str> {
        if self.expected.n_rows() < 2 {
            return None;
        }
        let misfit = |row: usize| {
            let explained = self.beginnings.densities.times(self.following.weights.row(row));
            math::total_variation(&explained, self.expected.row(row))
        };
        let worst = (0..self.expected.n_rows())
            .map(|row| (row, misfit(row)))
            .max_by(|left, right| left.1.total_cmp(&right.1))?;
        self.evidence.taxonomy.names().get(worst.0).map(String::as_str)
    }

    /// What the mixture explains and what the model expects, over cells.
    pub fn explained_and_expected(&self) -> (Vec<f64>, Vec<f64>) {
        explained_and_expected(&self.following, &self.beginnings.densities, &self.expected)
    }
}

/// What the mixture leads one to expect, and what the model expects, averaged over the documents before:
/// lists over cells.
pub(super) fn explained_and_expected(
    fitted: &Following,
    densities: &Matrix,
    expected: &Matrix,
) -> (Vec<f64>, Vec<f64>) {
    let rows = match expected.n_rows() {
        1 => vec![1.0],
        _ => fitted.mixture.shares.clone(),
    };
    (densities.times(&fitted.average_weights()), expected.transposed_times(&rows))
}

fn smoothing_distance(
    evidence: &Evidence,
    expected: &Matrix,
    estimate: &Estimate,
    options: &OpeningsOptions,
) -> f64 {
    let moved = [0.25, 4.0].map(|factor| {
        let pseudo_documents = factor * options.pseudo_documents;
        let other = OpeningsOptions { pseudo_documents, ..options.clone() };
        let shares = estimate.shares_smoothed(evidence, expected, &other);
        math::total_variation(&shares, &estimate.following.mixture.shares)
    });
    moved[0].max(moved[1])
}
