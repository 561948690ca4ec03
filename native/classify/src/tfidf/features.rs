//! What a trained classifier knows of the terms of one kind.

use super::vocabulary::Vocabulary;
use super::weighing::{inverse_norm, smooth_idf};

/// Features of one kind with their weights.
#[derive(Debug)]
pub(super) struct Features {
    pub(super) vocabulary: Vocabulary,
    /// `[n_features, n_classes]`, row-major.
    pub(super) weights: Vec<f32>,
    /// `[n_features]`
    idf: Vec<f64>,
}

impl Features {
    pub(super) fn new(vocabulary: Vocabulary, weights: Vec<f32>) -> Self {
        let n_docs = vocabulary.n_training_docs();
        let frequencies = vocabulary.document_frequencies().iter();
        let idf = frequencies.map(|&frequency| smooth_idf(frequency, n_docs)).collect();
        Self { vocabulary, weights, idf }
    }

    /// Adds weights times tf-idf values to `logits`.
    pub(super) fn add_to(&self, features: &mut [(u32, u32)], logits: &mut [f64]) {
        features.sort_unstable_by_key(|&(column, _)| column);
        let values: Vec<(usize, f64)> = features
            .chunk_by(|left, right| left.0 == right.0)
            .map(|same| {
                let column = same[0].0 as usize;
                let count = same.iter().map(|&(_, count)| u64::from(count)).sum::<u64>();
                (column, count as f64 * self.idf[column])
            })
            .collect();
        let inverse_norm = inverse_norm(values.iter().map(|&(_, value)| value));
        let n_classes = logits.len();
        for (column, value) in values {
            let weights = &self.weights[column * n_classes..(column + 1) * n_classes];
            for (logit, &weight) in logits.iter_mut().zip(weights) {
                *logit += value * inverse_norm * f64::from(weight);
            }
        }
    }
}
