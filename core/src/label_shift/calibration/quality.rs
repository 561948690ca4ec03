//! How well calibrated probabilities are.

use super::{Calibration, WeightedDocuments};
use crate::numeric::math;

/// The weighted mean of minus the log-probability of the true class, in nats, under the
/// calibration that `calibration_of` names for each document.
pub fn negative_log_likelihood<'a>(
    documents: &WeightedDocuments<'_>,
    calibration_of: impl Fn(usize) -> &'a Calibration,
) -> f64 {
    let mut logits = vec![0.0; documents.scores.n_classes()];
    let mut total = 0.0;
    for (index, &weight) in documents.weights.iter().enumerate() {
        calibration_of(index).logits(documents.scores.row(index), &mut logits);
        total += weight * (math::log_sum_exp(&logits) - logits[documents.classes[index]]);
    }
    total / documents.total_weight()
}

/// Equal-width bins of confidence, as in Guo et al. 2017, section 3.
const N_BINS: usize = 15;

/// The expected calibration error: over 15 equal-width bins of the largest probability, the
/// weighted mean distance of accuracy and mean confidence (Guo et al. 2017, arXiv 1706.04599,
/// equation 3), under the calibration that `calibration_of` names for each document.
pub fn expected_calibration_error<'a>(
    documents: &WeightedDocuments<'_>,
    calibration_of: impl Fn(usize) -> &'a Calibration,
) -> f64 {
    let mut posterior = vec![0.0; documents.scores.n_classes()];
    let mut surplus = [0.0; N_BINS];
    for (index, &weight) in documents.weights.iter().enumerate() {
        calibration_of(index).posterior(documents.scores.row(index), &mut posterior);
        let predicted = math::argmax(&posterior);
        let confidence = posterior[predicted];
        let correct = if predicted == documents.classes[index] { 1.0 } else { 0.0 };
        surplus[bin_of(confidence)] += weight * (correct - confidence);
    }
    surplus.iter().map(|value| value.abs()).sum::<f64>() / documents.total_weight()
}

/// The bin `(b / 15, (b + 1) / 15]` of a confidence in (0, 1].
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a confidence in (0, 1] times 15"
)]
fn bin_of(confidence: f64) -> usize {
    ((confidence * N_BINS as f64).ceil() as usize).clamp(1, N_BINS) - 1
}
