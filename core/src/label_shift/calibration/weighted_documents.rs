//! What a calibration is fitted to, and judged by.

use crate::numeric::log_probabilities::LogProbabilities;

/// Documents whose class is known, with a weight each; weight 0 leaves a document out.
#[derive(Debug, Clone, Copy)]
pub struct WeightedDocuments<'a> {
    /// What the classifier says, `[n_docs, n_classes]`.
    pub scores: &'a LogProbabilities,
    /// The true class of each document.
    pub classes: &'a [usize],
    /// The weight of each document, at least 0.
    pub weights: &'a [f64],
}

impl WeightedDocuments<'_> {
    /// The sum of the weights.
    pub fn total_weight(&self) -> f64 {
        self.weights.iter().sum()
    }
}
