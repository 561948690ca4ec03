//! The distribution of non-members as a smooth one.

use super::normal_scores::{FARTHEST, OUTER};
use crate::numeric::interval::quantile;
use crate::numeric::math;

/// How far out, of the outermost quantiles, the inner ones are that tails are measured against, in
/// normal scores.
const INNER: f64 = 0.4;

/// Standardised scores go no farther than this.
const FARTHEST_SCORE: f64 = 100.0;

/// Skewness below this is none.
const LEAST_SKEW: f64 = 1e-3;

/// The most that is told from a handful of quantiles.
const MOST_SKEW: f64 = 2.0;

/// The same of tails, which is beyond those of Student's t with one degree of freedom.
const HEAVIEST: f64 = 1.0;

/// The standard error of `h` of a sample of normal scores, times the square root of their number; tails are
/// taken for heavier than normal only by what exceeds it.
const TAILS_ERROR: f64 = 0.8;

/// How near the end of a short tail scores are told apart.
const END_OF_TAIL: f64 = 1e-2;

/// A distribution with the median, skewness and tails of a sample: scores are
/// `median + deviation (e^(gu) - 1) / g` with `u = z e^(hz²/2)` for standard normal `z` (Tukey's g
/// distribution of his h distribution, so that both have an inverse; Hoaglin 1985).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GAndH {
    /// `g`: below 0 where the long tail is below.
    skew: f64,
    /// `h`: above 0 where both tails are heavy.
    tails: f64,
    median: f64,
    deviation: f64,
}

/// Where a score lies in the distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// The standard normal score of the same rank.
    pub(super) normal_score: f64,
    /// The logarithm of the density there, up to a constant.
    pub(super) log_density: f64,
}

impl GAndH {
    /// The distribution of these ascending scores by five quantiles; none if the outermost are equal.
    pub(super) fn of(sorted: &[f64]) -> Option<Self> {
        let reach = -math::normal_quantile(OUTER);
        let at = |normal_score: f64| quantile(sorted, math::normal_cdf(normal_score));
        let (median, lowest, highest) = (at(0.0)?, at(-reach)?, at(reach)?);
        let width = highest - lowest;
        if !(width > 0.0) {
            return None;
        }
        let (below, above) = (median - lowest, highest - median);
        // g times the reach of u.
        let asymmetry = match below > 0.0 && above > 0.0 {
            true => math::ln(above / below).clamp(-MOST_SKEW * reach, MOST_SKEW * reach),
            false => 0.0,
        };
        let inner_width = at(INNER * reach)? - at(-INNER * reach)?;
        let tails = tails(inner_width / width, asymmetry, reach, sorted.len());
        let reach_of_u = reach * math::exp(0.5 * tails * reach * reach);
        let skew = asymmetry / reach_of_u;
        let deviation = match skew.abs() > LEAST_SKEW {
            true => 0.5 * width * skew / math::sinh(asymmetry),
            false => 0.5 * width / reach_of_u,
        };
        Some(Self { skew, tails, median, deviation })
    }

    /// A score in deviations from the median.
    pub(super) fn standardised(&self, score: f64) -> f64 {
        ((score - self.median) / self.deviation).clamp(-FARTHEST_SCORE, FARTHEST_SCORE)
    }

    /// Where a standardised score lies.
    pub(super) fn place(&self, standardised: f64) -> Place {
        // e^(gu), which has no score at or beyond the end of a short tail.
        let power = (1.0 + self.skew * standardised).max(END_OF_TAIL);
        let log_power = math::ln(power);
        let u = match self.skew.abs() > LEAST_SKEW {
            true => log_power / self.skew,
            false => standardised,
        };
        // z e^(hz²/2) = u where hz² = W(hu²) (Goerg 2015).
        let stretched = math::lambert_w(self.tails * u * u);
        let normal_score = (u * math::exp(-0.5 * stretched)).clamp(-FARTHEST, FARTHEST);
        let log_slope = -log_power - 0.5 * stretched - math::ln_1p(stretched);
        Place { normal_score, log_density: log_slope - 0.5 * normal_score * normal_score }
    }
}

/// `h`, from the width between inner quantiles as a share of that between the outermost.
///
/// Both widths are `2 deviation sinh(gu) / g` of their `u`, so that their ratio gives that of the two `u`,
/// which is `INNER` for normal tails and smaller for heavy ones.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 scores")]
fn tails(inner_share: f64, asymmetry: f64, reach: f64, n_scores: usize) -> f64 {
    let inner_u = match asymmetry.abs() > LEAST_SKEW {
        true => math::asinh(inner_share * math::sinh(asymmetry)) / asymmetry,
        false => inner_share,
    };
    let measured = 2.0 * math::ln(INNER / inner_u) / (reach * reach * (1.0 - INNER * INNER));
    // Nothing between the inner quantiles, as ties can have it, measures no tails.
    match measured.is_finite() {
        true => (measured - TAILS_ERROR / (n_scores as f64).sqrt()).clamp(0.0, HEAVIEST),
        false => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::rng::RandomStream;

    fn score(skew: f64, tails: f64, z: f64) -> f64 {
        let u = z * math::exp(0.5 * tails * z * z);
        let standardised = if skew == 0.0 { u } else { (math::exp(skew * u) - 1.0) / skew };
        3.0 + 2.0 * standardised
    }

    #[test]
    fn skew_and_tails_are_those_of_the_documents() {
        for (skew, tails) in [(-0.4, 0.0), (0.0, 0.0), (0.3, 0.0), (0.0, 0.2), (-0.3, 0.15)] {
            let mut stream = RandomStream::new(2, 0);
            let mut scores: Vec<f64> =
                (0..20_000).map(|_| score(skew, tails, stream.normal())).collect();
            scores.sort_by(f64::total_cmp);
            let found = GAndH::of(&scores).unwrap();
            // Five standard errors, and the one that is taken off tails.
            assert!((found.skew - skew).abs() < 0.06, "{skew} {tails}: {found:?}");
            assert!((found.tails - tails).abs() < 0.045, "{skew} {tails}: {found:?}");
            for z in [-2.0, -1.0, 0.0, 1.0, 2.0] {
                let place = found.place(found.standardised(score(skew, tails, z)));
                assert!((place.normal_score - z).abs() < 0.09, "{skew} {tails} {z}: {place:?}");
            }
        }
    }

    /// The density is the normal one times what the normal score rises by.
    #[test]
    fn the_density_is_the_slope_of_the_distribution() {
        for (skew, tails) in [(-0.4, 0.0), (0.0, 0.2), (0.5, 0.3)] {
            let shape = GAndH { skew, tails, median: 0.0, deviation: 1.0 };
            for at in [-1.5, -0.5, 0.1, 1.0, 1.8] {
                let normal_score = |at: f64| shape.place(at).normal_score;
                let slope = (normal_score(at + 1e-5) - normal_score(at - 1e-5)) / 2e-5;
                let expected = math::ln(slope) - 0.5 * normal_score(at) * normal_score(at);
                let found = shape.place(at).log_density;
                assert!((found - expected).abs() < 1e-8, "{skew} {tails} {at}: {found}");
            }
        }
    }

    #[test]
    fn what_lies_far_outside_has_a_place() {
        let scores: Vec<f64> = (0..40_i32).map(|k| f64::from(k * k)).collect();
        let shape = GAndH::of(&scores).unwrap();
        for score in [-1e300, -1.0, 1e9, 1e300] {
            let Place { normal_score, log_density } = shape.place(shape.standardised(score));
            assert!(normal_score.abs() <= FARTHEST && log_density.is_finite(), "{score}");
        }
        assert_eq!(GAndH::of(&[1.0; 30]), None);
        assert_eq!(GAndH::of(&[]), None);
        // Half of them equal: no width within.
        let mut tied = vec![0.0; 50];
        tied.splice(0..0, [-3.0, -2.0]);
        tied.extend([1.0, 2.0]);
        assert_eq!(GAndH::of(&tied).unwrap().tails, 0.0);
    }
}
