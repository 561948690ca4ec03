//! The scale on which non-members are standard normal.

use crate::interval::quantile;
use crate::math;

/// The outermost quantile that is a knot: beyond it the scale goes on straight.
const OUTER: f64 = 0.02;

/// Knots, equally far apart in normal scores. Few, so that the scale does not follow the noise of
/// single non-members.
const N_KNOTS: usize = 11;

/// Normal scores go no farther than this.
const FARTHEST: f64 = 8.0;

/// Standardised scores go no farther than this.
const FARTHEST_SCORE: f64 = 100.0;

/// Skewness below this is none.
const LEAST_SKEW: f64 = 1e-3;

/// The most that is told from a handful of quantiles.
const MOST_SKEW: f64 = 2.0;

/// How near the end of a short tail scores are told apart.
const END_OF_TAIL: f64 = 1e-2;

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
    median: f64,
}

/// A distribution like that of non-members, smooth, of which three numbers say everything: scores are
/// `median + deviation (e^(gz) - 1) / g` for standard normal `z` (Tukey's g distribution; Hoaglin 1985).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Skew {
    /// `g`: below 0 where the long tail is below.
    parameter: f64,
    median: f64,
    deviation: f64,
}

impl Skew {
    /// A score in deviations from the median.
    pub(super) fn standardised(&self, score: f64) -> f64 {
        ((score - self.median) / self.deviation).clamp(-FARTHEST_SCORE, FARTHEST_SCORE)
    }

    /// The normal score of a standardised score.
    pub(super) fn normal_score(&self, standardised: f64) -> f64 {
        let value = match self.parameter.abs() > LEAST_SKEW {
            true => math::ln(self.inside(standardised)) / self.parameter,
            false => standardised,
        };
        value.clamp(-FARTHEST, FARTHEST)
    }

    /// What the normal score rises by per standardised score.
    fn slope(&self, standardised: f64) -> f64 {
        1.0 / self.inside(standardised)
    }

    /// The logarithm of the density at a standardised score, up to a constant.
    pub(super) fn log_density(&self, standardised: f64) -> f64 {
        let normal_score = self.normal_score(standardised);
        math::ln(self.slope(standardised)) - 0.5 * normal_score * normal_score
    }

    /// `e^(gz)` of a standardised score, which has no score at or beyond the end of a short tail.
    fn inside(&self, standardised: f64) -> f64 {
        (1.0 + self.parameter * standardised).max(END_OF_TAIL)
    }
}

impl NormalScores {
    /// The scale of these non-members; none if all but a few score the same.
    #[expect(clippy::cast_precision_loss, reason = "a few dozen knots")]
    pub(super) fn of(nonmembers: &[f64]) -> Option<Self> {
        let mut sorted = nonmembers.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (mut scores, mut normal): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        for knot in 0..N_KNOTS {
            let share = knot as f64 / (N_KNOTS - 1) as f64;
            let normal_score = math::normal_quantile(OUTER) * (1.0 - 2.0 * share);
            let probability = math::normal_cdf(normal_score);
            let score = quantile(&sorted, probability)?;
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
        let median = quantile(&sorted, 0.5)?;
        Some(Self { scores, normal, slope_below, slope_above, median })
    }

    /// The distribution of non-members as one with their median and their outermost knots.
    pub(super) fn skew(&self) -> Skew {
        let last = self.scores.len() - 1;
        let (below, above) = (self.median - self.scores[0], self.scores[last] - self.median);
        let reach = 0.5 * (self.normal[last] - self.normal[0]);
        let parameter = match below > 0.0 && above > 0.0 {
            true => (math::ln(above / below) / reach).clamp(-MOST_SKEW, MOST_SKEW),
            false => 0.0,
        };
        let width = self.scores[last] - self.scores[0];
        let deviation = match parameter.abs() > LEAST_SKEW {
            true => {
                width * parameter / (math::exp(parameter * reach) - math::exp(-parameter * reach))
            }
            false => width / (2.0 * reach),
        };
        Skew { parameter, median: self.median, deviation }
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
    use crate::rng::RandomStream;

    #[test]
    fn normal_scores_of_normal_documents_are_their_scores() {
        let mut stream = RandomStream::new(1, 0);
        let nonmembers: Vec<f64> = (0..20_000).map(|_| 3.0 + 2.0 * stream.normal()).collect();
        let scale = NormalScores::of(&nonmembers).unwrap();
        for z in [-4.0, -2.0, -0.5, 0.0, 1.0, 2.0, 4.0] {
            let found = scale.at(3.0 + 2.0 * z);
            assert!((found - z).abs() < 0.05 * (1.0 + z.abs()), "{z}: {found}");
        }
        assert_eq!(scale.at(1e300), FARTHEST);
    }

    #[test]
    fn skew_is_that_of_the_documents() {
        for parameter in [-0.4, 0.0, 0.3] {
            let mut stream = RandomStream::new(2, 0);
            let score = |z: f64| match parameter == 0.0 {
                true => 3.0 + 2.0 * z,
                false => 3.0 + 2.0 * (math::exp(parameter * z) - 1.0) / parameter,
            };
            let nonmembers: Vec<f64> = (0..20_000).map(|_| score(stream.normal())).collect();
            let skew = NormalScores::of(&nonmembers).unwrap().skew();
            assert!((skew.parameter - parameter).abs() < 0.03, "{parameter}: {skew:?}");
            for z in [-2.0, -1.0, 0.0, 1.0, 2.0] {
                let at = skew.standardised(score(z));
                assert!((skew.normal_score(at) - z).abs() < 0.08, "{parameter} {z}");
                let rise = skew.normal_score(at + 1e-5) - skew.normal_score(at - 1e-5);
                assert!((skew.slope(at) - rise / 2e-5).abs() < 2e-3, "{parameter} {z}");
            }
            assert!(skew.normal_score(-1e9) >= -FARTHEST && skew.slope(1e9) > 0.0);
        }
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
