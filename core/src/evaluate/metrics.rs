//! How far an estimated mixture is from the published one: one line of documentation, one formula.
//!
//! In all of them `g` is the ground truth, `e` the estimate, and sums run over the categories.

use serde::{Deserialize, Serialize};

use crate::numeric::interval::Interval;
use crate::numeric::math;

/// Added to both shares inside the logarithm of the Kullback-Leibler divergence, as the seed study
/// does, so that a share of 0 gives a large number and not an infinite one.
pub const KL_FLOOR: f64 = 1e-10;

/// Every metric of one run against one ground truth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// `Σ |e − g|`, from 0 to 2.
    pub l1_distance: f64,
    /// `√Σ (e − g)²`.
    pub l2_distance: f64,
    /// `Σ g ln((g + 10⁻¹⁰) / (e + 10⁻¹⁰))`, in nats; a category missed altogether dominates it.
    pub kl_divergence: f64,
    /// `max |e − g|`.
    pub max_absolute_error: f64,
    /// `mean |e − g|`.
    pub mean_absolute_error: f64,
    /// `1 − ½ Σ |e − g|`, from 0 to 1: the complement of the total variation distance.
    pub overlap_accuracy: f64,
    /// The share of categories with `|e − g| ≤ tolerance`; rewards zeros where most shares are small.
    pub within_tolerance_rate: f64,
    /// The share of categories whose interval contains `g`; none without intervals.
    pub ci_coverage_rate: Option<f64>,
    /// The mean width of the intervals; none without intervals.
    pub mean_ci_width: Option<f64>,
    /// `(overlap_accuracy − b) / (1 − b)` with `b` the best trivial baseline: 1 is perfect, 0 no
    /// better than a guess that never looked at the model, below 0 worse. None where `b` is 1.
    pub skill: Option<f64>,
}

impl Metrics {
    /// The metrics of `estimate` against `ground_truth`, both in the same category order.
    ///
    /// `best_baseline` is the highest overlap accuracy that a trivial guess reaches.
    ///
    /// # Panics
    /// If the lists differ in length or are empty; alignment makes sure that they do not.
    pub fn new(
        estimate: &[f64],
        ground_truth: &[f64],
        intervals: Option<&[Interval]>,
        tolerance: f64,
        best_baseline: f64,
    ) -> Self {
        assert_eq!(estimate.len(), ground_truth.len(), "alignment pairs the shares");
        assert!(!estimate.is_empty(), "a taxonomy is never empty");
        let errors: Vec<f64> = estimate.iter().zip(ground_truth).map(|(e, g)| e - g).collect();
        let l1_distance: f64 = errors.iter().map(|error| error.abs()).sum();
        let accuracy = overlap_accuracy(estimate, ground_truth);
        Self {
            l1_distance,
            l2_distance: errors.iter().map(|error| error * error).sum::<f64>().sqrt(),
            kl_divergence: kl_divergence(estimate, ground_truth),
            max_absolute_error: errors.iter().map(|error| error.abs()).fold(0.0, f64::max),
            mean_absolute_error: l1_distance / count(errors.len()),
            overlap_accuracy: accuracy,
            within_tolerance_rate: rate(errors.iter().map(|error| error.abs() <= tolerance)),
            ci_coverage_rate: intervals.map(|intervals| {
                rate(intervals.iter().zip(ground_truth).map(|(ci, g)| ci.contains(*g)))
            }),
            mean_ci_width: intervals.map(|intervals| {
                intervals.iter().map(|ci| ci.width()).sum::<f64>() / count(intervals.len())
            }),
            skill: skill(accuracy, best_baseline),
        }
    }
}

/// `1 − ½ Σ |e − g|`.
pub fn overlap_accuracy(estimate: &[f64], ground_truth: &[f64]) -> f64 {
    1.0 - math::total_variation(estimate, ground_truth)
}

/// `(accuracy − baseline) / (1 − baseline)`; none where the baseline is perfect.
pub fn skill(accuracy: f64, baseline: f64) -> Option<f64> {
    (baseline < 1.0).then(|| (accuracy - baseline) / (1.0 - baseline))
}

fn kl_divergence(estimate: &[f64], ground_truth: &[f64]) -> f64 {
    let terms = estimate.iter().zip(ground_truth);
    terms.map(|(e, g)| g * math::ln((g + KL_FLOOR) / (e + KL_FLOOR))).sum()
}

fn rate(hits: impl ExactSizeIterator<Item = bool>) -> f64 {
    let total = count(hits.len());
    count(hits.filter(|hit| *hit).count()) / total
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(n: usize) -> f64 {
    n as f64
}
