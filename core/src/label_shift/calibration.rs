//! Calibration of a classifier: temperature scaling, with or without a bias per class.

mod newton;
mod quality;

pub use newton::{CalibrationFit, fit};
pub use quality::{expected_calibration_error, negative_log_likelihood};

use crate::numeric::log_probabilities::LogProbabilities;
use crate::numeric::math;
use serde::{Deserialize, Serialize};

/// How log-probabilities are calibrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum CalibrationMethod {
    /// They are taken as they are.
    #[serde(rename = "none")]
    None,
    /// One temperature for all (Guo et al. 2017, arXiv 1706.04599, section 4.2).
    #[serde(rename = "temperature")]
    Temperature,
    /// A temperature and a bias per class: "bias-corrected temperature scaling" (Alexandari,
    /// Kundaje & Shrikumar 2020, arXiv 1901.06852, section 2.3).
    #[default]
    #[serde(rename = "bcts")]
    BiasCorrected,
}

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

#[cfg(test)]
#[path = "calibration_tests.rs"]
mod tests;
