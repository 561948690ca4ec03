//! The map that a calibration is.

use crate::numeric::math;
use serde::{Deserialize, Serialize};

/// The map from log-probabilities `z` to calibrated log-posteriors
///
/// ```text
/// log p_k = slope z_k + bias_k - log sum_j exp(slope z_j + bias_j)
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// One over the temperature.
    pub slope: f64,
    /// Added to each class; they sum to 0.
    pub biases: Vec<f64>,
}

impl Calibration {
    /// The map that changes nothing.
    pub fn identity(n_classes: usize) -> Self {
        Self { slope: 1.0, biases: vec![0.0; n_classes] }
    }

    /// Writes `slope z_k + bias_k`, not normalised, to `logits`.
    pub fn logits(&self, scores: &[f64], logits: &mut [f64]) {
        for ((logit, &score), &bias) in logits.iter_mut().zip(scores).zip(&self.biases) {
            *logit = self.slope * score + bias;
        }
    }

    /// Writes the calibrated probabilities of one document to `posterior`.
    pub fn posterior(&self, scores: &[f64], posterior: &mut [f64]) {
        self.logits(scores, posterior);
        math::softmax(posterior);
    }
}
