//! Intervals of plausible values.

use serde::{Deserialize, Serialize};

/// A closed interval of shares.
///
/// Invariant: both ends are finite and `lo <= hi`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    lo: f64,
    hi: f64,
}

impl Interval {
    /// From 0 to 1: all that a share can be.
    pub const UNIT: Self = Self { lo: 0.0, hi: 1.0 };

    /// The interval from `lo` to `hi`, or none if they are not finite or stand the wrong way round.
    pub fn new(lo: f64, hi: f64) -> Option<Self> {
        (lo.is_finite() && hi.is_finite() && lo <= hi).then_some(Self { lo, hi })
    }

    /// The lower end.
    pub fn lo(self) -> f64 {
        self.lo
    }

    /// The upper end.
    pub fn hi(self) -> f64 {
        self.hi
    }

    /// Upper end minus lower end.
    pub fn width(self) -> f64 {
        self.hi - self.lo
    }

    /// Whether `value` lies in the interval, its ends included.
    pub fn contains(self, value: f64) -> bool {
        self.lo <= value && value <= self.hi
    }

    /// The sum of the lower ends to the sum of the upper ends: bounds of a sum, not an interval at
    /// the level of the parts.
    pub fn sum(parts: &[Self]) -> Self {
        parts.iter().fold(Self { lo: 0.0, hi: 0.0 }, |total, part| Self {
            lo: total.lo + part.lo,
            hi: total.hi + part.hi,
        })
    }

    /// The central interval of `values` at `level`: from their `(1 - level) / 2` to their
    /// `(1 + level) / 2` quantile (linear interpolation between order statistics, type 7 of
    /// Hyndman and Fan 1996). None for no values, or values that are not finite.
    pub fn central(values: &[f64], level: f64) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let tail = (1.0 - level) / 2.0;
        Self::new(quantile(&sorted, tail)?, quantile(&sorted, 1.0 - tail)?)
    }
}

/// The quantile of ascending `sorted` at `probability`, interpolated linearly (type 7 of Hyndman
/// and Fan 1996); none for no values.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positions lie within the slice, which is far shorter than 2^52"
)]
pub fn quantile(sorted: &[f64], probability: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let position = probability.clamp(0.0, 1.0) * last as f64;
    let below = (position.floor() as usize).min(last);
    let above = (below + 1).min(last);
    let fraction = position - below as f64;
    Some(sorted[below] + (sorted[above] - sorted[below]) * fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_match_numpy() {
        // numpy.quantile([1, 2, 4, 8], [0, .1, .5, .975, 1]), numpy 2.
        let sorted = [1.0, 2.0, 4.0, 8.0];
        for (probability, expected) in
            [(0.0, 1.0), (0.1, 1.3), (0.5, 3.0), (0.975, 7.7), (1.0, 8.0)]
        {
            let found = quantile(&sorted, probability).unwrap();
            assert!((found - expected).abs() < 1e-14, "{probability}: {found}");
        }
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn nan_makes_no_interval() {
        assert_eq!(Interval::new(f64::NAN, 1.0), None);
        assert_eq!(Interval::new(0.5, 0.1), None);
        assert_eq!(Interval::central(&[0.1, f64::NAN], 0.95), None);
    }
}
