//! The scale on which non-members are standard normal.

use crate::numeric::interval::quantile;
use crate::numeric::math;

/// The outermost quantile that is a knot: beyond it the scale goes on straight.
pub(super) const OUTER: f64 = 0.02;

/// Knots, equally far apart in normal scores. Few, so that the scale does not follow the noise of
/// single non-members.
const N_KNOTS: usize = 11;

/// Normal scores go no farther than this.
pub(super) const FARTHEST: f64 = 8.0;

/// A rising function of scores: piecewise linear between quantiles of non-members, and straight on
/// beyond the outermost ones, with the slope over the two outer knots.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NormalScores {
    /// Scores at the knots, rising strictly.
    scores: Vec<f64>,
    /// Their normal scores.
    normal: Vec<f64>,
    slope_below: f64,
    slope_above: f64,
}

impl NormalScores {
    /// The scale of these ascending scores; none if all but a few are the same.
    #[expect(clippy::cast_precision_loss, reason = "a few dozen knots")]
    pub(super) fn of(sorted: &[f64]) -> Option<Self> {
        let (mut scores, mut normal): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        for knot in 0..N_KNOTS {
            let share = knot as f64 / (N_KNOTS - 1) as f64;
            let normal_score = math::normal_quantile(OUTER) * (1.0 - 2.0 * share);
            let probability = math::normal_cdf(normal_score);
            let score = quantile(sorted, probability)?;
            if scores.last().is_none_or(|last| score > *last) {
                scores.push(score);
                normal.push(normal_score);
            }
        }
        let last = scores.len().checked_sub(1).filter(|last| *last > 0)?;
        let slope =
            |from: usize, to: usize| (normal[to] - normal[from]) / (scores[to] - scores[from]);
        let outer = (scores.len() / 5).max(1);
        let (slope_below, slope_above) = (slope(0, outer), slope(last - outer, last));
        Some(Self { scores, normal, slope_below, slope_above })
    }

    /// The normal score of a score.
    pub(super) fn at(&self, score: f64) -> f64 {
        let last = self.scores.len() - 1;
        let after = self.scores.partition_point(|knot| *knot < score);
        let value = if after == 0 {
            self.normal[0] + self.slope_below * (score - self.scores[0])
        } else if after > last {
            self.normal[last] + self.slope_above * (score - self.scores[last])
        } else {
            let (low, high) = (self.scores[after - 1], self.scores[after]);
            let share = (score - low) / (high - low);
            self.normal[after - 1] + share * (self.normal[after] - self.normal[after - 1])
        };
        value.clamp(-FARTHEST, FARTHEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::rng::RandomStream;

    #[test]
    fn normal_scores_of_normal_documents_are_their_scores() {
        let mut stream = RandomStream::new(1, 0);
        let mut nonmembers: Vec<f64> = (0..20_000).map(|_| 3.0 + 2.0 * stream.normal()).collect();
        nonmembers.sort_by(f64::total_cmp);
        let scale = NormalScores::of(&nonmembers).unwrap();
        for z in [-4.0, -2.0, -0.5, 0.0, 1.0, 2.0, 4.0] {
            let found = scale.at(3.0 + 2.0 * z);
            assert!((found - z).abs() < 0.05 * (1.0 + z.abs()), "{z}: {found}");
        }
        assert_eq!(scale.at(1e300), FARTHEST);
    }

    #[test]
    fn ties_are_one_knot_and_one_value_is_no_scale() {
        let mut scores = vec![1.0; 50];
        assert_eq!(NormalScores::of(&scores), None);
        scores.extend([2.0; 50]);
        let scale = NormalScores::of(&scores).unwrap();
        assert!(scale.at(1.0) < scale.at(2.0));
        assert_eq!(NormalScores::of(&[]), None);
    }
}
