//! An estimate of the share of members.

use serde::{Deserialize, Serialize};

use super::likelihood::{Counts, Link};
use super::scores::Scores;
use super::search;
use crate::numeric::interval::Interval;
use crate::numeric::math;
use crate::numeric::rng::RandomStream;

/// Fewer documents than this on either side tell nothing worth computing.
pub const MIN_DOCUMENTS: usize = 20;

/// The profile is computed at so many steps from 0 to 1.
const N_STEPS: usize = 50;

/// Documents are counted in at most so many bins of equal size.
pub(super) const N_BINS: usize = 48;

/// An interval wider than this is no estimate: the share is then called not identifiable, and only the
/// ends of the interval are told.
pub const WIDEST: f64 = 0.7;

/// Why there is no estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoShare {
    /// Fewer than [`MIN_DOCUMENTS`] candidates.
    FewCandidates,
    /// Fewer than [`MIN_DOCUMENTS`] non-members.
    FewNonmembers,
    /// A score is not finite, or all non-members score the same.
    NoSpread,
}

/// A share of members with its uncertainty.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareEstimate {
    /// The likeliest share; 0 where the data are compatible with no members at all, for an attack
    /// that finds nothing is no evidence of any.
    pub point: f64,
    /// Twice the log-likelihood of the likeliest share over that of no members.
    pub null_statistic: f64,
    /// The mean of shares weighted by their profile likelihood.
    pub mean: f64,
    /// The interval at the level asked for.
    pub interval: Interval,
    /// How far members are moved up at the maximum, in deviations of non-members, on the likelier scale.
    pub shift: f64,
    /// How far members are stretched at the maximum, on the same scale.
    pub spread: f64,
    /// How often a model that is true fits worse than this one does: near 0 where members are not a
    /// shifted copy of non-members, or the two samples differ in other ways than membership.
    pub fit_p_value: f64,
    /// The profile log-likelihood at the shares 0, 0.02, … 1, with 0 at its maximum.
    profile: Vec<f64>,
}

impl ShareEstimate {
    /// The share of members among the candidates.
    ///
    /// Time: some 20 ms, whatever the number of documents beyond sorting them.
    ///
    /// # Errors
    /// If there are too few documents, or their scores are not a sample of a distribution.
    pub fn of(scores: &Scores<'_>, level: f64) -> Result<Self, NoShare> {
        check(scores)?;
        let counts = Counts::of(scores, N_BINS).ok_or(NoShare::NoSpread)?;
        let mut profile = vec![f64::NEG_INFINITY; N_STEPS + 1];
        let mut best = search::Optimum::start(Link::NormalScores);
        let shares: Vec<f64> = (0..=N_STEPS).map(share_at).collect();
        for link in Link::ALL {
            for (highest, optimum) in
                profile.iter_mut().zip(search::profile(&counts, link, &shares))
            {
                *highest = highest.max(optimum.log_likelihood);
                if optimum.log_likelihood > best.log_likelihood {
                    best = optimum;
                }
            }
        }
        for value in &mut profile {
            *value -= best.log_likelihood;
        }
        let place = math::argmax(&profile);
        // Known members settle what members score like, so that 0 is a share like others.
        let null_limit = if scores.members.len() < MIN_DOCUMENTS {
            null_quantile(level)
        } else {
            ratio_quantile(level)
        };
        let null_statistic = -2.0 * profile[0];
        let is_null = null_statistic <= null_limit;
        let inside = interval(&profile, level);
        let interval = match is_null {
            true => Interval::new(0.0, inside.hi()).unwrap_or(inside),
            false => inside,
        };
        Ok(Self {
            point: if is_null { 0.0 } else { peak(&profile, place) },
            mean: mean_share(&profile),
            interval,
            null_statistic,
            shift: best.shift,
            spread: best.spread(),
            fit_p_value: best.ratio(&counts).fit_p_value(&counts, share_at(place)),
            profile,
        })
    }

    /// Whether the data say enough to call the share known: the interval is no wider than
    /// [`WIDEST`].
    pub fn is_identified(&self) -> bool {
        self.interval.width() <= WIDEST
    }

    /// A share drawn with its profile likelihood for density: what sums over categories are made of.
    pub fn draw(&self, stream: &mut RandomStream) -> f64 {
        let weights: Vec<f64> = self.profile.iter().map(|&value| math::exp(value)).collect();
        let total: f64 = weights.iter().sum();
        let shares: Vec<f64> = weights.iter().map(|weight| weight / total).collect();
        let jitter = (stream.unit() - 0.5) / N_STEPS as f64;
        (share_at(stream.categorical(&shares)) + jitter).clamp(0.0, 1.0)
    }
}

fn check(scores: &Scores<'_>) -> Result<(), NoShare> {
    if scores.candidates.len() < MIN_DOCUMENTS {
        return Err(NoShare::FewCandidates);
    }
    if scores.nonmembers.len() < MIN_DOCUMENTS {
        return Err(NoShare::FewNonmembers);
    }
    let sides = [scores.candidates, scores.nonmembers, scores.members];
    match sides.iter().all(|side| side.iter().all(|score| score.is_finite())) {
        true => Ok(()),
        false => Err(NoShare::NoSpread),
    }
}

#[expect(clippy::cast_precision_loss, reason = "fifty steps")]
pub(super) fn share_at(place: usize) -> f64 {
    place as f64 / N_STEPS as f64
}

/// The top of the parabola through the highest value and its neighbours.
fn peak(profile: &[f64], place: usize) -> f64 {
    let neighbours = place.checked_sub(1).map(|before| (before, place + 1));
    let Some((before, after)) = neighbours.filter(|(_, after)| *after < profile.len()) else {
        return share_at(place);
    };
    let (left, middle, right) = (profile[before], profile[place], profile[after]);
    let bend = left - 2.0 * middle + right;
    let step = if bend < 0.0 { 0.5 * (left - right) / bend } else { 0.0 };
    share_at(place) + step.clamp(-0.5, 0.5) / N_STEPS as f64
}

fn mean_share(profile: &[f64]) -> f64 {
    let (mut sum, mut total) = (0.0, 0.0);
    for (place, &value) in profile.iter().enumerate() {
        let weight = math::exp(value);
        sum += weight * share_at(place);
        total += weight;
    }
    sum / total
}

/// By how much twice the log-likelihood ratio exceeds chi-squared in samples of hundreds, where bins
/// and the scale come from the documents themselves: without it intervals cover 90 in 100 where members are
/// stretched (`bench/examples/membership.rs`).
const SMALL_SAMPLES: f64 = 1.3;

/// The quantile of twice the log-likelihood ratio at a share that is neither 0 nor 1.
fn ratio_quantile(level: f64) -> f64 {
    let quantile = math::normal_quantile(0.5 + level / 2.0);
    SMALL_SAMPLES * quantile * quantile
}

/// The quantile of twice the log-likelihood ratio where there are no members: that of chi-squared
/// with two degrees of freedom. Mean and deviation of members are then free and explain noise, so
/// that one degree would exclude 0 wrongly in 13 of 100 samples (`bench/examples/membership.rs`).
fn null_quantile(level: f64) -> f64 {
    -2.0 * math::ln(1.0 - level)
}

/// The shares whose profile is within half the chi-squared quantile of its maximum; their hull, where
/// they are not connected.
fn interval(profile: &[f64], level: f64) -> Interval {
    let limit = -0.5 * ratio_quantile(level);
    let is_inside = |value: &f64| *value >= limit;
    let first = profile.iter().position(is_inside).unwrap_or(0);
    let last = profile.iter().rposition(is_inside).unwrap_or(N_STEPS);
    // Where a straight line from the value outside to the one inside crosses the limit.
    let crossing = |outside: usize, inside: usize| {
        let share = (limit - profile[outside]) / (profile[inside] - profile[outside]);
        share_at(outside) + share * (share_at(inside) - share_at(outside))
    };
    let lo = first.checked_sub(1).map_or(0.0, |outside| crossing(outside, first));
    let hi = if last < N_STEPS { crossing(last + 1, last) } else { 1.0 };
    Interval::new(lo, hi).unwrap_or(Interval::UNIT)
}
