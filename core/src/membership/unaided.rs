//! What scores alone say of members, where no document is known not to be one.
//!
//! A heap of scores with one mode may be a mixture of members and non-members, or none: a skewed
//! distribution and a mixture of two normal ones look alike at any size of sample. So nothing is said
//! unless three tests agree:
//!
//! 1. the scores have more than one mode (Hartigan's dip, which no skew or heavy tail deceives);
//! 2. two normal components explain them better than one, by the likelihood ratio against draws from the
//!    one (McLachlan 1987, Applied Statistics 36);
//! 3. the share of the upper component is known to within [`WIDEST`].
//!
//! Even then the answer rests on the belief that the two heaps are members and non-members, and not
//! two kinds of document. The seed study fits two components to everything, and finds 39 to 69 % of members where
//! there are none.

use serde::{Deserialize, Serialize};

use super::dip::dip_p_value;
use super::gaussian_mixture::{FitOptions, GaussianMixture};
use super::share::{MIN_DOCUMENTS, WIDEST};
use crate::numeric::interval::Interval;
use crate::numeric::rng::RandomStream;

/// The probability at which a test takes sides.
const SIGNIFICANCE: f64 = 0.05;

/// Uniform samples that the dip is compared with.
const N_DIP_DRAWS: u64 = 199;

/// Samples of one component that the likelihood ratio is compared with.
const N_RATIO_DRAWS: u64 = 99;

/// How the fits are made that the likelihood ratio compares: the same for data and draws, and
/// with an end even where the two components are one.
const RATIO_FIT: FitOptions =
    FitOptions { n_starts: 2, seed: 0x1a71, tolerance: 1e-6, max_iterations: 100 };

/// How a resample is fitted, beginning at the fit of the data.
const REFIT: FitOptions = FitOptions { n_starts: 1, seed: 0, tolerance: 1e-8, max_iterations: 200 };

/// What two components say of the scores of one category.
#[derive(Debug, Clone, PartialEq)]
pub struct UnaidedShare {
    /// The fit of one normal distribution.
    pub one: GaussianMixture,
    /// The fit of two; none for too few distinct scores.
    pub two: Option<GaussianMixture>,
    /// The tests that were made.
    pub tests: UnaidedTests,
    /// The weight of the upper component and its interval; none where a test says that there are
    /// not two heaps.
    pub answer: Option<UnaidedAnswer>,
}

/// The tests of one heap against two.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct UnaidedTests {
    /// The probability of as deep a dip for scores with one mode.
    pub dip_p_value: f64,
    /// The probability of as large a likelihood ratio for one component; none where the dip had
    /// decided already.
    pub ratio_p_value: Option<f64>,
}

/// The weight of the upper of two heaps.
#[derive(Debug, Clone, PartialEq)]
pub struct UnaidedAnswer {
    /// The weight.
    pub share: f64,
    /// Its percentile interval over resampled documents.
    pub interval: Interval,
    /// The weight in each resample.
    pub replicates: Vec<f64>,
}

impl UnaidedShare {
    /// What these scores say. Equal scores count once where modes are counted: copies of a document are no
    /// second mode.
    ///
    /// None for fewer than [`MIN_DOCUMENTS`] scores, or scores that are no sample of a density.
    ///
    /// Time: for 500 scores some 20 ms; where they have two modes, a second.
    pub fn of(scores: &[f64], options: &UnaidedOptions) -> Option<Self> {
        if scores.len() < MIN_DOCUMENTS {
            return None;
        }
        let one = GaussianMixture::fit(scores, 1, &FitOptions::default())?;
        let fit = FitOptions { seed: options.seed, ..FitOptions::default() };
        let two = GaussianMixture::fit(scores, 2, &fit);
        let dip_p_value = dip_p_value(&distinct(scores), N_DIP_DRAWS, options.seed);
        let mut tests = UnaidedTests { dip_p_value, ratio_p_value: None };
        let mut answer = None;
        if let Some(two) = two.as_ref().filter(|_| dip_p_value < SIGNIFICANCE) {
            let p_value = ratio_p_value(scores, &one, options.seed);
            tests.ratio_p_value = Some(p_value);
            if p_value < SIGNIFICANCE {
                answer = resampled(scores, two, options);
            }
        }
        Some(Self { one, two, tests, answer })
    }

    /// Whether the answer is as narrow as an answer must be.
    pub fn is_identified(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.interval.width() <= WIDEST)
    }
}

/// How to resample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnaidedOptions {
    /// The level of the interval.
    pub level: f64,
    /// How many resamples it is made of.
    pub n_replicates: u64,
    /// What all draws depend on.
    pub seed: u64,
}

fn distinct(scores: &[f64]) -> Vec<f64> {
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    sorted
}

/// Twice the log-likelihood ratio of two components over one.
fn likelihood_ratio(scores: &[f64]) -> f64 {
    let fit = |n_components| GaussianMixture::fit(scores, n_components, &RATIO_FIT);
    fit(2).zip(fit(1)).map_or(0.0, |(two, one)| 2.0 * (two.log_likelihood - one.log_likelihood))
}

#[expect(clippy::cast_precision_loss, reason = "a hundred draws")]
fn ratio_p_value(scores: &[f64], one: &GaussianMixture, seed: u64) -> f64 {
    let observed = likelihood_ratio(scores);
    let as_large = |index: &u64| {
        let mut stream = RandomStream::new(seed ^ 0x7a71_0000, *index);
        let drawn: Vec<f64> = scores.iter().map(|_| one.draw(&mut stream)).collect();
        likelihood_ratio(&drawn) >= observed
    };
    (1.0 + (0..N_RATIO_DRAWS).filter(as_large).count() as f64) / (1.0 + N_RATIO_DRAWS as f64)
}

fn resampled(
    scores: &[f64],
    two: &GaussianMixture,
    options: &UnaidedOptions,
) -> Option<UnaidedAnswer> {
    let upper = |mixture: &GaussianMixture| mixture.components.last().map(|part| part.weight);
    let replicate = |index: u64| {
        let mut stream = RandomStream::new(options.seed ^ 0xb007_0000, index);
        let drawn: Vec<f64> = scores.iter().map(|_| scores[stream.index(scores.len())]).collect();
        upper(&two.refit(&drawn, &REFIT)?)
    };
    let replicates: Vec<f64> = (0..options.n_replicates).filter_map(replicate).collect();
    let share = upper(two)?;
    let spread = Interval::central(&replicates, options.level)?;
    // The estimate is within its own interval, whatever few replicates say.
    let interval = Interval::new(spread.lo().min(share), spread.hi().max(share))?;
    Some(UnaidedAnswer { share, interval, replicates })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::membership::planted::{PlantedScores, Shape};

    const OPTIONS: UnaidedOptions = UnaidedOptions { level: 0.95, n_replicates: 40, seed: 1 };

    fn planted(shape: Shape, shift: f64, share: f64, index: u64) -> Vec<f64> {
        let problem =
            PlantedScores { shape, shift, share, n_candidates: 150, n_nonmembers: 0, n_members: 0 };
        problem.draw(41, index).candidates
    }

    /// Four repetitions of each shape; the dip's error is at most 5 %, and for these shapes far
    /// below it. `bench/examples/membership.rs` has 200.
    #[test]
    fn where_there_are_no_members_nothing_is_found() {
        for shape in [Shape::Normal, Shape::Skewed, Shape::HeavyTails] {
            for index in 0..4 {
                let found = UnaidedShare::of(&planted(shape, 0.0, 0.0, index), &OPTIONS).unwrap();
                assert!(!found.is_identified(), "{shape:?} {index}: {:?}", found.tests);
            }
        }
    }

    #[test]
    fn two_heaps_are_found_with_the_share_of_the_upper_one() {
        for (share, index) in [(0.3, 5), (0.7, 6)] {
            let found =
                UnaidedShare::of(&planted(Shape::Normal, 5.0, share, index), &OPTIONS).unwrap();
            let answer = found.answer.clone().unwrap();
            assert!(found.is_identified() && answer.interval.contains(share), "{answer:?}");
            assert!(found.tests.ratio_p_value.unwrap() < 0.05);
        }
    }

    #[test]
    fn copies_of_a_document_are_no_second_mode() {
        let mut scores = planted(Shape::Normal, 0.0, 0.0, 3);
        scores.extend([4.0; 80]);
        let found = UnaidedShare::of(&scores, &OPTIONS).unwrap();
        assert_eq!(found.answer, None);
    }

    #[test]
    fn too_few_or_equal_scores_have_no_fit() {
        assert_eq!(UnaidedShare::of(&[1.0; 50], &OPTIONS), None);
        assert_eq!(UnaidedShare::of(&[1.0, 2.0, 3.0], &OPTIONS), None);
    }
}
