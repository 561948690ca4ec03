//! Scores counted in bins, for drawing and for files that stay small.

use serde::{Deserialize, Serialize};

use crate::numeric::interval::quantile;

/// The most bins of a histogram.
const MAX_BINS: usize = 60;

/// The density of scores in bins of equal width.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Histogram {
    /// Where the first bin begins.
    pub start: f64,
    /// How wide each bin is; 0 where there is nothing to count.
    pub width: f64,
    /// The density in each bin: it sums to 1 over the width of all.
    pub densities: Vec<f64>,
}

impl Histogram {
    /// The scores in bins as wide as Freedman and Diaconis (1981) recommend, `2 IQR n^(-1/3)`, but
    /// at most 60 of them. Empty for scores that are not finite or all the same.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bins and documents are few, and positions lie within them"
    )]
    pub fn of(scores: &[f64]) -> Self {
        let mut sorted = scores.to_vec();
        sorted.sort_by(f64::total_cmp);
        let ends = [0.25, 0.75, 0.0, 1.0].map(|share| quantile(&sorted, share));
        let [Some(quarter), Some(three_quarters), Some(low), Some(high)] = ends else {
            return Self::default();
        };
        let range = high - low;
        if !(range > 0.0 && range.is_finite()) {
            return Self::default();
        }
        let cube_root = crate::numeric::math::pow(scores.len() as f64, 1.0 / 3.0);
        let wish = 2.0 * (three_quarters - quarter) / cube_root;
        let n_bins = if wish > 0.0 { (range / wish).ceil() } else { MAX_BINS as f64 };
        let n_bins = n_bins.clamp(1.0, MAX_BINS as f64) as usize;
        let width = range / n_bins as f64;
        let mut densities = vec![0.0; n_bins];
        for score in &sorted {
            let bin = ((score - low) / width) as usize;
            densities[bin.min(n_bins - 1)] += 1.0 / (scores.len() as f64 * width);
        }
        Self { start: low, width, densities }
    }

    /// Where the last bin ends.
    #[expect(clippy::cast_precision_loss, reason = "bins are few")]
    pub fn end(&self) -> f64 {
        self.start + self.width * self.densities.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn densities_sum_to_one_and_ends_are_inside() {
        let scores: Vec<f64> = (0..100).map(|k| f64::from(k) * 0.3 - 7.0).collect();
        let histogram = Histogram::of(&scores);
        let total: f64 = histogram.densities.iter().map(|d| d * histogram.width).sum();
        assert!((total - 1.0).abs() < 1e-12);
        assert_eq!(histogram.start, -7.0);
        assert!((histogram.end() - scores[99]).abs() < 1e-9);
        assert!(histogram.densities.iter().all(|density| *density > 0.0), "evenly spread");
    }

    #[test]
    fn nothing_to_count_has_no_bins() {
        for scores in [&[][..], &[1.0; 5], &[f64::NAN, 1.0], &[f64::INFINITY, 1.0]] {
            assert_eq!(Histogram::of(scores), Histogram::default());
        }
        let lone = Histogram::of(&[1.0, 1.0, 1.0, 1.0, 1.0, 9.0]);
        assert_eq!(lone.densities.len(), MAX_BINS, "no quartile range");
    }
}
