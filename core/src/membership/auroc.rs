//! The area under the ROC curve with DeLong's variance, for one attack or two on the same documents.

use serde::{Deserialize, Serialize};

use crate::numeric::interval::Interval;
use crate::numeric::math;

/// How well scores tell members from non-members: the probability that a member scores higher than
/// a non-member, ties counted half.
#[derive(Debug, Clone, PartialEq)]
pub struct Auroc {
    /// The area under the curve.
    pub value: f64,
    /// DeLong's estimate of its variance.
    pub variance: f64,
    /// Share of non-members that each member beats, `[n_members]`.
    member_placements: Vec<f64>,
    /// Share of members that beat each non-member, `[n_nonmembers]`.
    nonmember_placements: Vec<f64>,
}

impl Auroc {
    /// The area for these scores; none if either side has none, or one is NaN.
    ///
    /// Placements come from ranks (Sun & Xu 2014), the variance from placements (DeLong, DeLong &
    /// Clarke-Pearson 1988). Time: that of sorting.
    pub fn of(members: &[f64], nonmembers: &[f64]) -> Option<Self> {
        let is_nan = |score: &f64| score.is_nan();
        if members.is_empty() || nonmembers.is_empty() {
            return None;
        }
        if members.iter().any(is_nan) || nonmembers.iter().any(is_nan) {
            return None;
        }
        let member_placements = placements(members, nonmembers);
        let nonmember_placements: Vec<f64> =
            placements(nonmembers, members).into_iter().map(|share| 1.0 - share).collect();
        let value = math::mean(&member_placements)?;
        let mut auroc = Self { value, variance: 0.0, member_placements, nonmember_placements };
        auroc.variance = auroc.covariance(&auroc);
        Some(auroc)
    }

    /// DeLong's covariance with the area of other scores of the same documents, in the same order.
    /// 0 if the two are not of the same numbers of documents.
    pub fn covariance(&self, other: &Self) -> f64 {
        mean_covariance(&self.member_placements, &other.member_placements)
            + mean_covariance(&self.nonmember_placements, &other.nonmember_placements)
    }

    /// How many members were scored.
    pub fn n_members(&self) -> usize {
        self.member_placements.len()
    }

    /// How many non-members were scored.
    pub fn n_nonmembers(&self) -> usize {
        self.nonmember_placements.len()
    }

    /// The interval of the area at this level: normal on the logit scale, so that it stays within 0
    /// and 1 and leans the right way near them.
    ///
    /// Where the variance is 0, as when all members beat all non-members, it is that of
    /// `binomial_interval` for as many disjoint pairs as there are: each pair is won with the
    /// probability that is sought.
    pub fn interval(&self, level: f64) -> Interval {
        let inside = self.value > 0.0 && self.value < 1.0;
        if !(self.variance > 0.0 && inside) {
            let n_pairs = self.n_members().min(self.n_nonmembers());
            return binomial_interval(self.value, n_pairs, (1.0 - level) / 2.0);
        }
        let logit = math::ln(self.value / (1.0 - self.value));
        let deviation = self.variance.sqrt() / (self.value * (1.0 - self.value));
        let reach = math::normal_quantile(0.5 + level / 2.0) * deviation;
        let share = |logit: f64| 1.0 / (1.0 + math::exp(-logit));
        Interval::new(share(logit - reach), share(logit + reach)).unwrap_or(Interval::UNIT)
    }
}

/// The interval of a probability of which `share` of `n` trials came true, each tail (between 0
/// and 1) having at most this probability (Clopper & Pearson 1934; a share between two counts
/// is interpolated by the beta distribution).
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 trials")]
pub(super) fn binomial_interval(share: f64, n: usize, tail: f64) -> Interval {
    let n = n as f64;
    let successes = share * n;
    let lo = match successes > 0.0 {
        true => math::beta_quantile(successes, n - successes + 1.0, tail),
        false => 0.0,
    };
    let hi = match successes < n {
        true => math::beta_quantile(successes + 1.0, n - successes, 1.0 - tail),
        false => 1.0,
    };
    Interval::new(lo, hi).unwrap_or(Interval::UNIT)
}

/// Two sets of scores of the same documents.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AurocDifference {
    /// The first area minus the second.
    pub difference: f64,
    /// The interval of the difference.
    pub interval: Interval,
    /// The probability of a difference at least as large either way if there is none.
    pub p_value: f64,
}

impl AurocDifference {
    /// The difference of two areas of the same documents in the same order, by DeLong's
    /// covariance; of areas of different documents if `paired` is false. Its interval is normal.
    pub fn of(first: &Auroc, second: &Auroc, paired: bool, level: f64) -> Self {
        let covariance = if paired { first.covariance(second) } else { 0.0 };
        let variance = (first.variance + second.variance - 2.0 * covariance).max(0.0);
        let difference = first.value - second.value;
        let deviation = variance.sqrt();
        let reach = math::normal_quantile(0.5 + level / 2.0) * deviation;
        let interval =
            Interval::new(difference - reach, difference + reach).unwrap_or(Interval::UNIT);
        let p_value = match (deviation > 0.0, difference == 0.0) {
            (true, _) => 2.0 * math::normal_cdf(-(difference / deviation).abs()),
            (false, true) => 1.0,
            (false, false) => 0.0,
        };
        Self { difference, interval, p_value }
    }
}

/// For each of `scores` the share of `others` below it, ties counted half.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 documents")]
fn placements(scores: &[f64], others: &[f64]) -> Vec<f64> {
    let mut sorted = others.to_vec();
    // -0 and 0 are one score, and `total_cmp` would part them.
    sorted.iter_mut().for_each(|score| *score += 0.0);
    sorted.sort_by(f64::total_cmp);
    let place = |score: &f64| {
        let below = sorted.partition_point(|other| other < score);
        let not_above = sorted.partition_point(|other| other <= score);
        (below + not_above) as f64 / (2 * sorted.len()) as f64
    };
    scores.iter().map(place).collect()
}

/// The covariance of the means of paired values; 0 for fewer than two, or lists that do not pair.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 documents")]
fn mean_covariance(left: &[f64], right: &[f64]) -> f64 {
    let n = left.len() as f64;
    if left.len() != right.len() || left.len() < 2 {
        return 0.0;
    }
    let (Some(left_mean), Some(right_mean)) = (math::mean(left), math::mean(right)) else {
        return 0.0;
    };
    let products = left.iter().zip(right).map(|(a, b)| (a - left_mean) * (b - right_mean));
    products.sum::<f64>() / ((n - 1.0) * n)
}
