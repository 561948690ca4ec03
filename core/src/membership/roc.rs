//! The ROC curve: which share of members an attack finds at which share of false alarms.

use serde::{Deserialize, Serialize};

use super::auroc::{Auroc, binomial_interval};
use super::compared::Compared;
use crate::numeric::interval::Interval;
use crate::numeric::math;

/// The false-positive rates at which attacks are compared.
pub const FALSE_POSITIVE_RATES: [f64; 3] = [0.001, 0.01, 0.05];

/// A point of a ROC curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RocPoint {
    /// The share of non-members that score at or above a threshold.
    pub fpr: f64,
    /// The share of members that do.
    pub tpr: f64,
}

/// What share of members an attack finds at a share of false alarms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TprAtFpr {
    /// The largest share of false alarms that was allowed.
    pub fpr: f64,
    /// The largest share of members found at a threshold with no more: no interpolation.
    pub tpr: f64,
    /// Its interval; see [`Roc::tpr_at`].
    pub interval: Interval,
}

/// The ROC curve of scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Roc {
    /// Scores of members, falling.
    members: Vec<f64>,
    /// Scores of non-members, falling.
    nonmembers: Vec<f64>,
}

impl Roc {
    /// The curve of these scores; none if either side has none, or one is NaN.
    pub fn of(members: &[f64], nonmembers: &[f64]) -> Option<Self> {
        let falling = |scores: &[f64]| {
            let mut sorted: Vec<f64> = scores.iter().map(|score| score + 0.0).collect();
            sorted.sort_by(|one, other| other.total_cmp(one));
            sorted
        };
        let is_nan = |score: &f64| score.is_nan();
        let usable = |scores: &[f64]| !scores.is_empty() && !scores.iter().any(is_nan);
        (usable(members) && usable(nonmembers))
            .then(|| Self { members: falling(members), nonmembers: falling(nonmembers) })
    }

    /// The curve from (0, 0) to (1, 1): a point per distinct score, from the highest down.
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 documents")]
    pub fn points(&self) -> Vec<RocPoint> {
        let (n_members, n_nonmembers) = (self.members.len(), self.nonmembers.len());
        let (mut hits, mut alarms) = (0, 0);
        let mut points = vec![RocPoint { fpr: 0.0, tpr: 0.0 }];
        while hits < n_members || alarms < n_nonmembers {
            let next =
                |scores: &[f64], at: usize| scores.get(at).copied().unwrap_or(f64::NEG_INFINITY);
            let threshold = next(&self.members, hits).max(next(&self.nonmembers, alarms));
            while self.members.get(hits).is_some_and(|score| *score >= threshold) {
                hits += 1;
            }
            while self.nonmembers.get(alarms).is_some_and(|score| *score >= threshold) {
                alarms += 1;
            }
            points.push(RocPoint {
                fpr: alarms as f64 / n_nonmembers as f64,
                tpr: hits as f64 / n_members as f64,
            });
        }
        points
    }

    /// The share of members found at `fpr`, with an interval at `level` that holds whatever the
    /// scores are distributed like.
    ///
    /// The threshold itself is uncertain: with probability `(1 + level) / 2` the number of
    /// non-members above the true one lies between two binomial quantiles, which puts the threshold
    /// between two scores of non-members. The interval reaches from the lower Clopper-Pearson limit
    /// at the higher of them to the upper limit at the lower, each missing with probability
    /// `(1 - level) / 4`. So for a rate that allows no false alarm at all, as 0.1 % of 500
    /// non-members, the lower end is 0: nothing is known of the threshold but that it is high.
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 documents")]
    pub fn tpr_at(&self, fpr: f64, level: f64) -> TprAtFpr {
        let n_members = self.members.len();
        let reached = self.points().into_iter().take_while(|point| point.fpr <= fpr);
        let tpr = reached.last().map_or(0.0, |point| point.tpr);
        let tail = (1.0 - level) / 4.0;
        let (fewest, most) = binomial_quantiles(self.nonmembers.len(), fpr, tail);
        // `fewest` non-members at least reach the true threshold, `most` at most.
        let surely_found = fewest.checked_sub(1).map_or(0, |place| {
            let threshold = self.nonmembers[place];
            self.members.partition_point(|score| *score >= threshold)
        });
        let perhaps_found = self.nonmembers.get(most).map_or(n_members, |&threshold| {
            self.members.partition_point(|score| *score > threshold)
        });
        let share = |count: usize| count as f64 / n_members as f64;
        let lo = binomial_interval(share(surely_found), n_members, tail).lo();
        let hi = binomial_interval(share(perhaps_found), n_members, tail).hi();
        TprAtFpr { fpr, tpr, interval: Interval::new(lo, hi).unwrap_or(Interval::UNIT) }
    }
}

/// The least and the largest count that `n` trials of this probability give but for `tail` on
/// either side.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 documents")]
fn binomial_quantiles(n: usize, probability: f64, tail: f64) -> (usize, usize) {
    // P(N <= count) = P(a Beta(count + 1, n - count) variable > probability).
    let at_most =
        |count: usize| 1.0 - math::beta_cdf(count as f64 + 1.0, (n - count) as f64, probability);
    let first_with = |reached: f64| {
        let (mut low, mut high) = (0, n);
        while low < high {
            let middle = low + (high - low) / 2;
            if at_most(middle) > reached { high = middle } else { low = middle + 1 }
        }
        low
    };
    (first_with(tail), first_with(1.0 - tail))
}

/// How well one attack tells members, or candidates where no member is known, from non-members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttackQuality {
    /// Known members that were scored, where members were compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n_members: Option<usize>,
    /// Candidates that were scored, where they stood in the place of members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n_candidates: Option<usize>,
    /// Non-members that were scored.
    pub n_nonmembers: usize,
    /// The area under the ROC curve.
    pub auroc: f64,
    /// Its interval (DeLong, on the logit scale).
    pub auroc_interval: Interval,
    /// The share of members found at each of [`FALSE_POSITIVE_RATES`].
    pub tpr_at_fpr: Vec<TprAtFpr>,
    /// The curve, thinned for drawing.
    pub curve: Vec<RocPoint>,
}

/// The most points of a stored curve.
const MAX_POINTS: usize = 200;

impl AttackQuality {
    /// The quality of scores of what is compared, and of non-members; none if either side has none.
    pub fn of(compared: Compared, scores: &[f64], nonmembers: &[f64], level: f64) -> Option<Self> {
        let auroc = Auroc::of(scores, nonmembers)?;
        let roc = Roc::of(scores, nonmembers)?;
        let n_of = |which: Compared| (compared == which).then_some(scores.len());
        Some(Self {
            n_members: n_of(Compared::Members),
            n_candidates: n_of(Compared::Candidates),
            n_nonmembers: nonmembers.len(),
            auroc: auroc.value,
            auroc_interval: auroc.interval(level),
            tpr_at_fpr: FALSE_POSITIVE_RATES.map(|fpr| roc.tpr_at(fpr, level)).to_vec(),
            curve: thinned(&roc.points(), MAX_POINTS),
        })
    }
}

/// The points of a curve that matter for drawing it, at most about `limit`: both ends, and in between
/// those that move on by 1/`limit` of the way along the logarithm of the false-positive rate or
/// along either axis, whichever comes first.
#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
pub fn thinned(points: &[RocPoint], limit: usize) -> Vec<RocPoint> {
    if points.len() <= limit {
        return points.to_vec();
    }
    let position = |point: &RocPoint| {
        // From 1e-4 on, below which no curve is drawn.
        let along_logarithm = 1.0 + math::ln(point.fpr.max(1e-4)) / math::ln(1e4);
        point.fpr + point.tpr + along_logarithm
    };
    let step = 3.0 / limit as f64;
    let mut kept = vec![points[0]];
    let mut last = position(&points[0]);
    for pair in points[1..].windows(2) {
        if position(&pair[1]) - last >= step {
            kept.push(pair[0]);
            last = position(&pair[0]);
        }
    }
    kept.extend(points.last());
    kept
}

#[cfg(test)]
#[path = "roc_tests.rs"]
mod tests;
