//! An estimate from evidence, and what it was made by.

use super::beginnings::Beginnings;
use super::evidence::Evidence;
use super::following::{Exactness, Following, following};
use super::learning::{Learning, learned};
use super::options::OpeningsOptions;
use crate::numeric::matrix::Matrix;
use crate::numeric::termination::Termination;

/// An estimate.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Estimate {
    /// The beginnings of documents.
    pub(super) whole: Beginnings,
    /// The beginnings as the model has learned them.
    pub(super) beginnings: Beginnings,
    /// What the model has learned; none where that is not asked.
    pub(super) learning: Option<Learning>,
    /// The mixture of them that it expects.
    pub(super) following: Following,
}

impl Estimate {
    /// The estimate from `expected`, the mean expectation of each row, `[n_rows, n_cells]`.
    pub(super) fn of(evidence: &Evidence, expected: &Matrix, options: &OpeningsOptions) -> Self {
        let whole = Beginnings::of(evidence, options.smoothing());
        let plain = following(expected, &whole, None, Exactness::Full);
        Self::near(expected, whole, &plain, options, Exactness::Full)
    }

    /// The shares of documents with other smoothing, to the accuracy of a replicate.
    pub(super) fn shares_smoothed(
        &self,
        evidence: &Evidence,
        expected: &Matrix,
        options: &OpeningsOptions,
    ) -> Vec<f64> {
        let whole = Beginnings::of(evidence, options.smoothing());
        let near = Self::near(expected, whole, &self.following, options, Exactness::Rough);
        near.following.mixture.shares
    }

    /// The estimate from these beginnings, from the fit of similar ones.
    fn near(
        expected: &Matrix,
        whole: Beginnings,
        start: &Following,
        options: &OpeningsOptions,
        exactness: Exactness,
    ) -> Self {
        if !options.learns() {
            let following = following(expected, &whole, Some(&start.weights), exactness);
            return Self { beginnings: whole.clone(), whole, learning: None, following };
        }
        let found = learned(expected, &whole, start, exactness);
        let mut following = found.following;
        if !found.converged && following.termination.is_success() {
            following.termination = Termination::IterationLimit;
        }
        Self { whole, beginnings: found.beginnings, learning: Some(found.learning), following }
    }
}
