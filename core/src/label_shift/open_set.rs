//! The share of texts that belong to no category.
//!
//! Assumption: texts of no category look to the classifier as documents of a category look when this
//! category is taken away from it. So it is seldom sure of them, and how seldom is measured on the
//! validation documents. Texts of which it is as sure as of the surer half of the documents are then
//! nearly all of known categories:
//!
//! ```text
//! A = (1 - u) P + u g        P = sum_k p_k P_k
//! u = (1 - A / P) / (1 - g / P)
//! ```
//!
//! with `A` the share of sure texts, `P_k` that of sure documents of category k, `g` the mean over
//! categories of the share of documents that would be sure without their own category, and `p` the
//! mixture of the sure texts (by maximum likelihood), each share over `P_k` and made to sum to 1. Without `g` this
//! is Storey's estimate of the share of true null hypotheses (2002, JRSS B 64, 479) with the median
//! for its lambda.
//!
//! What it cannot see: texts of no category that the classifier takes for one with confidence, as it
//! may where the category is much like one that it knows. They count as known.

use serde::Serialize;

use crate::label_shift::estimate::posterior_ratios::posterior_ratios;
use crate::label_shift::estimate::problem::{Calibrations, DocumentWeights, Problem};
use crate::label_shift::estimate::surety::Surety;
use crate::numeric::highest_density::LogDensity;
use crate::numeric::interval::{Interval, quantile};
use crate::numeric::math;
use crate::numeric::mixture_likelihood;

/// Which documents and texts the classifier is sure of: fixed for a problem, whatever the weights.
#[derive(Debug, Clone)]
pub(crate) struct OpenSet {
    sure_validation: Vec<bool>,
    sure_without_own: Vec<bool>,
    sure_generations: Vec<bool>,
}

/// An estimate of the unknown share and of the mixture of the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenSetDraw {
    /// The share of no category, not cut to [0, 1]: without unknown texts it spreads evenly around 0.
    pub unknown: f64,
    /// The mixture of the texts that are of a category, from the sure ones alone.
    pub known: Vec<f64>,
    /// What `unknown` is made of, for the method of this module.
    pub(crate) sure: Option<SureShares>,
}

/// Shares of which the classifier is sure: `A`, `P` and `g` of the module's formula.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SureShares {
    /// Of the texts.
    texts: f64,
    /// Of documents mixed like the sure texts.
    known: f64,
    /// Of documents whose own category is taken away.
    unknown: f64,
}

impl SureShares {
    /// How many fewer texts it is sure of than if all were of known categories, at most 0 but for
    /// noise; how many fewer it would be sure of if none were.
    fn gaps(self) -> (f64, f64) {
        (self.known - self.texts, (self.known - self.unknown).max(SMALLEST_CONTRAST))
    }
}

/// The unknown share as a result shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnknownShare {
    /// The share of texts that belong to no category, at least 0.
    pub share: f64,
    /// Lower end of its interval.
    pub ci_lo: Option<f64>,
    /// Upper end of its interval.
    pub ci_hi: Option<f64>,
    /// Level of the interval.
    pub level: Option<f64>,
    /// How it was found: `sure_half` or `threshold`.
    pub method: &'static str,
    /// The threshold of the method `threshold`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// What must hold for it to be right, in a sentence.
    pub assumption: &'static str,
}

/// What the method of this module assumes.
pub const ASSUMPTION: &str = "texts of no category look to the classifier as documents of a category \
     look when that category is taken away from it; texts that it takes for a known category with \
     confidence count as known";
/// What the seed study's threshold assumes.
pub const THRESHOLD_ASSUMPTION: &str = "texts of a category always have a largest probability above \
     the threshold, and texts of none never do; neither was tested";

/// Where `g` comes close to `P` the classifier is as sure of what it does not know as of what it knows,
/// and nothing can be said; the difference is not taken smaller than this.
const SMALLEST_CONTRAST: f64 = 0.05;

impl OpenSet {
    /// The sure documents and texts of a problem: those at least as sure as the median of the
    /// documents that were rightly decided the same way.
    pub(crate) fn of(problem: &Problem) -> Self {
        let validation = problem.validation();
        let documents = Surety::of(&validation.scores);
        let n_classes = problem.taxonomy().len();
        let mut right = vec![Vec::new(); n_classes];
        for (doc, &class) in validation.classes.iter().enumerate() {
            if documents.decided[doc] == class {
                right[class].push(documents.log_odds[doc]);
            }
        }
        let medians: Vec<f64> = right
            .into_iter()
            .map(|mut values| {
                values.sort_by(f64::total_cmp);
                quantile(&values, 0.5).unwrap_or(f64::INFINITY)
            })
            .collect();
        let sure = |surety: &Surety| -> Vec<bool> {
            let pairs = surety.decided.iter().zip(&surety.log_odds);
            pairs.map(|(&class, &odds)| odds >= medians[class]).collect()
        };
        // With two categories, one left says nothing of how sure the classifier would be.
        let without_own = if n_classes > 2 {
            sure(&Surety::without_own_class(&validation.scores, &validation.classes))
        } else {
            vec![false; validation.classes.len()]
        };
        Self {
            sure_validation: sure(&documents),
            sure_without_own: without_own,
            sure_generations: sure(&Surety::of(&problem.generations().scores)),
        }
    }

    /// The estimate under these weights; `start`, a similar mixture, saves time.
    pub(crate) fn estimate(
        &self,
        problem: &Problem,
        calibrations: &Calibrations,
        weights: &DocumentWeights,
        start: &[f64],
    ) -> OpenSetDraw {
        let classes = &problem.validation().classes;
        let n_classes = problem.taxonomy().len();
        let sure_shares =
            ShareByClass::of(classes, n_classes, &self.sure_validation, &weights.validation);
        let leaks =
            ShareByClass::of(classes, n_classes, &self.sure_without_own, &weights.validation);
        let sure_texts: Vec<f64> = weights
            .generations
            .iter()
            .zip(&self.sure_generations)
            .map(|(&weight, &sure)| if sure { weight } else { 0.0 })
            .collect();
        let n_sure: f64 = sure_texts.iter().sum();
        let share_of_sure = n_sure / weights.generations.iter().sum::<f64>();
        if !(n_sure > 0.0) {
            let (known, unknown) = (math::dot(start, &sure_shares.shares), leaks.mean());
            let sure = Some(SureShares { texts: 0.0, known, unknown });
            return OpenSetDraw { unknown: 1.0, known: start.to_vec(), sure };
        }
        // Among sure documents the density of class k is its own over the share of sure ones.
        let prior: Vec<f64> = problem
            .prior(weights)
            .iter()
            .zip(&sure_shares.shares)
            .map(|(prior, sure)| prior * sure)
            .collect();
        let calibration = &calibrations.all.calibration;
        let scores = &problem.generations().scores;
        let ratios = posterior_ratios(scores, calibration, &prior, &sure_texts);
        let among_sure = mixture_likelihood::maximize_roughly(&ratios, Some(start)).shares;
        let inflated: Vec<f64> =
            among_sure.iter().zip(&sure_shares.shares).map(|(share, sure)| share / sure).collect();
        let total: f64 = inflated.iter().sum();
        let sure = SureShares { texts: share_of_sure, known: 1.0 / total, unknown: leaks.mean() };
        let (gap, whole_gap) = sure.gaps();
        OpenSetDraw {
            unknown: gap / whole_gap,
            known: inflated.iter().map(|share| share / total).collect(),
            sure: Some(sure),
        }
    }
}

/// The share of marked documents in each class.
struct ShareByClass {
    shares: Vec<f64>,
    raw: Vec<f64>,
}

impl ShareByClass {
    fn of(classes: &[usize], n_classes: usize, marked: &[bool], weights: &[f64]) -> Self {
        let mut marked_weight = vec![0.0; n_classes];
        let mut total = vec![0.0; n_classes];
        for ((&class, &is_marked), &weight) in classes.iter().zip(marked).zip(weights) {
            total[class] += weight;
            if is_marked {
                marked_weight[class] += weight;
            }
        }
        // A class without a sure document is taken to have half a one, so that its share stays finite.
        let share = |(part, total): (&f64, &f64)| part.max(0.5) / total;
        Self {
            shares: marked_weight.iter().zip(&total).map(share).collect(),
            raw: marked_weight.iter().zip(&total).map(|(part, total)| part / total).collect(),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of classes")]
    fn mean(&self) -> f64 {
        self.raw.iter().sum::<f64>() / self.raw.len() as f64
    }
}

/// The interval of the unknown share: all values `u` in [0, 1] for which the gap less `u` times the whole
/// gap lies within `z` of its own standard deviations of 0 (Fieller 1954, JRSS B 16, 175), which holds
/// also where the whole gap is known badly; then the interval is [0, 1]. Their variances are those of the
/// replicates, `squared_z` carries level and few prompts, and the interval is at least `least` wide.
pub(crate) fn fieller_interval(
    found: SureShares,
    replicates: &[SureShares],
    squared_z: f64,
    least: f64,
) -> Interval {
    let (gap, whole_gap) = found.gaps();
    let drawn: Vec<(f64, f64)> = replicates.iter().map(|one| one.gaps()).collect();
    let (var_gap, covariance, var_whole) = covariances(&drawn);
    let quadratic = whole_gap * whole_gap - squared_z * var_whole;
    let linear = gap * whole_gap - squared_z * covariance;
    let constant = gap * gap - squared_z * var_gap;
    let everything = Interval::new(0.0, 1.0);
    let interval = if quadratic > 0.0 {
        let reach = (linear * linear - quadratic * constant).max(0.0).sqrt();
        let (lo, hi) = ((linear - reach) / quadratic, (linear + reach) / quadratic);
        let hi = hi.clamp(least, 1.0);
        Interval::new(lo.clamp(0.0, hi - least), hi)
    } else {
        everything
    };
    interval.or(everything).expect("0 and 1 are finite and ordered")
}

/// Variance of the first, covariance, variance of the second.
#[expect(clippy::cast_precision_loss, reason = "a count of replicates")]
fn covariances(pairs: &[(f64, f64)]) -> (f64, f64, f64) {
    let n = pairs.len() as f64;
    let first = pairs.iter().map(|pair| pair.0).sum::<f64>() / n;
    let second = pairs.iter().map(|pair| pair.1).sum::<f64>() / n;
    let mut sums = (0.0, 0.0, 0.0);
    for (left, right) in pairs {
        let (left, right) = (left - first, right - second);
        sums.0 += left * left;
        sums.1 += left * right;
        sums.2 += right * right;
    }
    (sums.0 / (n - 1.0), sums.1 / (n - 1.0), sums.2 / (n - 1.0))
}

/// An interval of a share from its estimate before the bounds and the variance of it.
pub(crate) fn bounded_interval(center: f64, deviation: f64, level: f64) -> Interval {
    let depth = 8.0 - math::ln(1.0 - level);
    LogDensity::truncated_normal(center, deviation, depth).highest_region(level)
}

/// The share of texts whose largest probability is below `threshold`: the seed study's measure.
#[expect(clippy::cast_precision_loss, reason = "a count of texts")]
pub(crate) fn share_below(
    problem: &Problem,
    calibrations: &Calibrations,
    weights: &[f64],
    threshold: f64,
) -> f64 {
    let scores = &problem.generations().scores;
    let mut posterior = vec![0.0; scores.n_classes()];
    let mut below = 0.0;
    for (text, weight) in weights.iter().enumerate() {
        calibrations.all.calibration.posterior(scores.row(text), &mut posterior);
        if posterior.iter().all(|&probability| probability < threshold) {
            below += weight;
        }
    }
    below / (weights.iter().sum::<f64>()).max(1.0 / weights.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interval_matches_fieller_in_closed_form() {
        // Gaps .1 and .4, independent with standard errors .02 and 0: .25 +- z .02 / .4.
        let found = SureShares { texts: 0.4, known: 0.5, unknown: 0.1 };
        let replicates = [
            SureShares { texts: 0.4 + 0.02 / 2.0_f64.sqrt(), ..found },
            SureShares { texts: 0.4 - 0.02 / 2.0_f64.sqrt(), ..found },
        ];
        let interval = fieller_interval(found, &replicates, 4.0, 0.001);
        assert!((interval.lo() - 0.15).abs() < 1e-12, "{interval:?}");
        assert!((interval.hi() - 0.35).abs() < 1e-12, "{interval:?}");
    }

    #[test]
    fn a_gap_that_is_not_known_says_nothing_and_a_negative_one_says_zero() {
        let found = SureShares { texts: 0.4, known: 0.5, unknown: 0.4 };
        let wild = [SureShares { unknown: 0.1, ..found }, SureShares { unknown: 0.6, ..found }];
        let interval = fieller_interval(found, &wild, 4.0, 0.001);
        assert_eq!((interval.lo(), interval.hi()), (0.0, 1.0));
        let above = SureShares { texts: 0.7, known: 0.5, unknown: 0.1 };
        let interval = fieller_interval(above, &[above, above], 4.0, 0.001);
        assert_eq!((interval.lo(), interval.hi()), (0.0, 0.001));
    }
}
