//! The share of members among candidates, estimated beside documents known to be none.
//!
//! Candidates are a mixture of members and non-members, and only the latter are known by themselves.
//! Without any assumption on the scores of members the share could always be 1: members might score
//! just as the candidates do. What is assumed here is little, and is written down:
//!
//! On the scale where non-members are standard normal, members are about normal with a mean
//! `δ >= 0` and a deviation `τ` that is likely near 1: `ln τ` deviates from 0 by
//! [`SPREAD_DEVIATION`]. This is the binormal model of ROC analysis (Dorfman & Alf 1969), and depends
//! on the order of the scores alone but for the tails. The distribution of non-members itself is left
//! free: it is known through their scores only, members are a tilt of it, and its uncertainty is
//! carried along by the likelihood. So this is the semiparametric mixture of Qin (1999, Biometrika 86,
//! "Empirical likelihood ratio based confidence intervals for mixture proportions") with his density
//! ratio `exp(α + βh)` extended by a quadratic term.
//!
//! The scores of members may also be those of non-members moved up and stretched as they are, whatever
//! their shape: the same where non-members are normal, and another thing where they are skewed, as
//! log-likelihoods are, or have heavy tails. Which of the two holds cannot be known beforehand, so the
//! likelihood is maximised over both, and the interval holds what either makes likely.
//!
//! The interval is made of the shares whose profile likelihood, maximised over everything else, is
//! within the chi-squared quantile of the maximum; 0 is held to a quantile of its own, since without
//! members their scores have no distribution. Where an attack tells nothing the interval is all of
//! [0, 1], as it must be: no signal may mean no members, or an attack that does not work.
//!
//! Why not another estimator: `bench/examples/membership.rs` compares this with Storey's, with that
//! of Garg et al. (2021, "best bin") and with the beta-kernel boundary of PTDI (arXiv 2510.09717).
//! They bound the share from below and are far below it unless members are well apart: for a share
//! of 0.8 and an AUROC of 0.7 they say 0.44, 0.49 and 0.65 on average.

mod g_and_h;
mod likelihood;
mod normal_scores;
mod search;

use serde::{Deserialize, Serialize};

use crate::numeric::interval::Interval;
use crate::numeric::math;
use crate::numeric::rng::RandomStream;
use likelihood::{Counts, Link};

/// How far the logarithm of the members' deviation is believed to be from that of non-members.
pub const SPREAD_DEVIATION: f64 = 0.15;

/// Fewer documents than this on either side tell nothing worth computing.
pub const MIN_DOCUMENTS: usize = 20;

/// The profile is computed at so many steps from 0 to 1.
const N_STEPS: usize = 50;

/// Documents are counted in at most so many bins of equal size.
const N_BINS: usize = 48;

/// An interval wider than this is no estimate: the share is then called not identifiable, and only the
/// ends of the interval are told.
pub const WIDEST: f64 = 0.7;

/// Scores of one attack on documents of one kind; higher means more likely a member.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores<'run> {
    /// Of the documents whose share of members is sought.
    pub candidates: &'run [f64],
    /// Of documents known not to be members.
    pub nonmembers: &'run [f64],
    /// Of documents known to be members; may be empty. They say how well the attack works, which
    /// narrows the interval more than anything else.
    pub members: &'run [f64],
}

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
fn share_at(place: usize) -> f64 {
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

#[cfg(test)]
#[path = "share_tests.rs"]
mod tests;
