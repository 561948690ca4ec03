//! The likelihood of a share, maximised over the distribution of non-members.

use super::g_and_h::GAndH;
use super::normal_scores::NormalScores;
use super::scores::Scores;
use crate::numeric::math;

/// On which scale members are about a copy of non-members, moved and stretched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// On that where non-members are standard normal, so that members are normal: the binormal model.
    NormalScores,
    /// On that of the scores themselves, so that members have the shape of non-members.
    Scores,
}

impl Link {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::NormalScores, Self::Scores];
}

/// The iterations at the most that the normalisation of members takes.
const MAX_ITERATIONS: usize = 60;

/// How far the mean of members and the logarithm of their deviation may be, likely, from what the
/// ratio would make of standard normal non-members.
const SHAPE_DEVIATION: f64 = 0.2;

/// The groups of bins that the fit is tested in.
const N_GROUPS: usize = 10;

/// Documents of each kind in bins of their scores.
pub(super) struct Counts {
    candidates: Vec<f64>,
    nonmembers: Vec<f64>,
    members: Vec<f64>,
    /// All of them.
    all: Vec<f64>,
    /// The mean normal score of each bin.
    places: Vec<f64>,
    /// The mean score of each bin, in deviations of non-members from their median.
    scores: Vec<f64>,
    /// The logarithm of non-members' density there, up to a constant, on the scale of scores.
    log_densities: Vec<f64>,
    shape: GAndH,
    total: f64,
}

impl Counts {
    /// The documents in about `n_bins` bins that hold equally many; none if all but a few non-members
    /// score the same.
    pub(super) fn of(scores: &Scores<'_>, n_bins: usize) -> Option<Self> {
        let mut nonmembers = scores.nonmembers.to_vec();
        nonmembers.sort_by(f64::total_cmp);
        let (scale, shape) = (NormalScores::of(&nonmembers)?, GAndH::of(&nonmembers)?);
        let sides = [scores.candidates, scores.nonmembers, scores.members];
        let mut documents: Vec<(f64, usize)> = Vec::new();
        for (side, values) in sides.into_iter().enumerate() {
            documents.extend(values.iter().map(|&score| (score, side)));
        }
        documents.sort_by(|one, other| one.0.total_cmp(&other.0));
        let least = documents.len().div_ceil(n_bins.max(1));
        let mut counts = [Vec::new(), Vec::new(), Vec::new()];
        let (mut places, mut means) = (Vec::new(), Vec::new());
        let mut rest = documents.as_slice();
        while !rest.is_empty() {
            // Equal scores share a bin.
            let last = rest[least.min(rest.len()) - 1].0;
            let (bin, after) = rest.split_at(rest.partition_point(|(score, _)| *score <= last));
            rest = after;
            let mut in_bin = [0.0; 3];
            let (mut sum, mut sum_of_scores) = (0.0, 0.0);
            for (score, side) in bin {
                in_bin[*side] += 1.0;
                sum += scale.at(*score);
                sum_of_scores += shape.standardised(*score);
            }
            let n_in_bin = in_bin.iter().sum::<f64>();
            places.push(sum / n_in_bin);
            means.push(sum_of_scores / n_in_bin);
            counts.iter_mut().zip(in_bin).for_each(|(column, count)| column.push(count));
        }
        let [candidates, nonmembers, members] = counts;
        let sides = candidates.iter().zip(&nonmembers).zip(&members);
        let all: Vec<f64> = sides.map(|((a, b), c)| a + b + c).collect();
        let total = all.iter().sum();
        let log_densities = means.iter().map(|score| shape.place(*score).log_density).collect();
        let scores = means;
        Some(Self {
            candidates,
            nonmembers,
            members,
            all,
            places,
            scores,
            log_densities,
            shape,
            total,
        })
    }
}

/// The density of members over that of non-members, up to a factor, in each bin.
pub(super) struct Ratio {
    values: Vec<f64>,
    /// Where in the distribution of members each bin lies, in normal scores.
    deviations: Vec<f64>,
    spread: f64,
}

/// The normalisation of members for one share.
struct Normalised {
    /// The density ratio of members, which non-members' distribution averages to 1.
    members: Vec<f64>,
    /// The expected share of all documents that are members.
    weight: f64,
}

impl Ratio {
    /// The ratio if members are moved up by `shift` and stretched by `spread` on the scale of `link`.
    ///
    /// With `z` the normal score and `d` that of the place in the distribution of members, it is
    /// `φ(d) d′ / φ(z) z′`; on the scale of normal scores both slopes are constant.
    pub(super) fn new(counts: &Counts, link: Link, shift: f64, spread: f64) -> Self {
        let moved = |place: &f64| (place - shift) / spread;
        let of = |log_ratio: f64| math::exp(log_ratio.clamp(-40.0, 40.0));
        let (values, deviations) = match link {
            Link::NormalScores => counts
                .places
                .iter()
                .map(|place| {
                    let deviation = moved(place);
                    (of(0.5 * (place * place - deviation * deviation)), deviation)
                })
                .unzip(),
            Link::Scores => counts
                .scores
                .iter()
                .zip(&counts.log_densities)
                .map(|(score, log_density)| {
                    let from = counts.shape.place(moved(score));
                    (of(from.log_density - log_density), from.normal_score)
                })
                .unzip(),
        };
        Self { values, deviations, spread }
    }

    /// The log-likelihood of a share up to one constant, and the logarithm of the scale that
    /// normalises the ratio, searched from `start`.
    ///
    /// For a share `π` and the ratio `r_b` of bin b, normalised so that `Σ q_b r_b = 1`, it is
    ///
    /// ```text
    /// Σ N_b ln q_b + Σ n_b ln(1 - π + π r_b) + Σ k_b ln r_b
    /// q_b = (N_b / N) / (1 - w + w r_b),   N w = Σ n_b π r_b / (1 - π + π r_b) + Σ k_b
    /// ```
    ///
    /// with n candidates, k known members and N documents in all: the `q` that maximises it under
    /// both constraints, `w` being the multiplier (Qin 1999, §2, with the constraint's scale
    /// profiled out).
    pub(super) fn log_likelihood(&self, counts: &Counts, share: f64, start: f64) -> (f64, f64) {
        let log_scale = self.log_scale(counts, share, start);
        let normalised = self.normalised(counts, share, log_scale);
        let value = normalised.log_likelihood(counts, share);
        (value - self.shape_penalty(counts, &normalised), log_scale)
    }

    /// What members cost whose distribution is not about the normal one that the ratio stands for.
    ///
    /// The distribution of non-members is free, so that a few in ten thousand of them far up, whom
    /// nobody has seen, would be turned by the ratio into a second heap of members: two heaps
    /// well apart could then be one distribution of members, and any share would do.
    fn shape_penalty(&self, counts: &Counts, normalised: &Normalised) -> f64 {
        let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
        for (bin, deviation) in self.deviations.iter().enumerate() {
            let ratio = normalised.members[bin];
            let weight = normalised.weight;
            let mass = counts.all[bin] * ratio / (1.0 - weight + weight * ratio);
            let deviation = deviation * self.spread;
            total += mass;
            first += mass * deviation;
            second += mass * deviation * deviation;
        }
        let mean = first / total;
        let variance = (second / total - mean * mean).max(1e-9);
        let log_spread = 0.5 * math::ln(variance) - math::ln(self.spread);
        (mean * mean + log_spread * log_spread) / (2.0 * SHAPE_DEVIATION * SHAPE_DEVIATION)
    }

    fn normalised(&self, counts: &Counts, share: f64, log_scale: f64) -> Normalised {
        let inverse = math::exp(-log_scale);
        let members: Vec<f64> = self.values.iter().map(|value| value * inverse).collect();
        let mut expected = 0.0;
        for (bin, ratio) in members.iter().enumerate() {
            let among = share * ratio / (1.0 - share + share * ratio);
            expected += counts.members[bin];
            if counts.candidates[bin] > 0.0 {
                expected += counts.candidates[bin] * among;
            }
        }
        Normalised { members, weight: expected / counts.total }
    }

    /// How far the mean ratio over non-members is from 1 when it is divided by this scale; falls
    /// as the scale grows.
    fn excess(&self, counts: &Counts, share: f64, log_scale: f64) -> f64 {
        let Normalised { members, weight } = self.normalised(counts, share, log_scale);
        let mut mean = 0.0;
        for (ratio, all) in members.iter().zip(&counts.all) {
            mean += all * ratio / (1.0 - weight + weight * ratio);
        }
        mean / counts.total - 1.0
    }

    /// The logarithm of the scale at which the mean ratio over non-members is 1, by false position
    /// (Illinois) from a bracket around `start`.
    fn log_scale(&self, counts: &Counts, share: f64, start: f64) -> f64 {
        let excess = |at: f64| self.excess(counts, share, at);
        let (mut low, mut high) = (start - 0.02, start + 0.02);
        let (mut at_low, mut at_high) = (excess(low), excess(high));
        for width in [0.1, 0.4, 1.6, 6.4, 25.0, 100.0] {
            if at_low < 0.0 {
                (high, at_high) = (low, at_low);
                low -= width;
                at_low = excess(low);
            } else if at_high > 0.0 {
                (low, at_low) = (high, at_high);
                high += width;
                at_high = excess(high);
            }
        }
        for _ in 0..MAX_ITERATIONS {
            let middle = (low * at_high - high * at_low) / (at_high - at_low);
            let at_middle = excess(middle);
            // A ten-millionth in the scale moves the likelihood of thousands of documents by less
            // than a thousandth.
            if !(at_middle.abs() > 1e-9) || high - low < 1e-9 {
                return middle;
            }
            if at_middle > 0.0 {
                (low, at_low) = (middle, at_middle);
                at_high *= 0.5;
            } else {
                (high, at_high) = (middle, at_middle);
                at_low *= 0.5;
            }
        }
        0.5 * (low + high)
    }

    /// The probability of a worse fit if this ratio and share are the true ones: Pearson's statistic of
    /// candidates among all documents in ten groups of scores, with three degrees of freedom less.
    pub(super) fn fit_p_value(&self, counts: &Counts, share: f64) -> f64 {
        let start = math::ln(self.values.iter().sum::<f64>() / self.values.len() as f64);
        let log_scale = self.log_scale(counts, share, start);
        let Normalised { members, .. } = self.normalised(counts, share, log_scale);
        let sums = [&counts.candidates, &counts.nonmembers, &counts.members]
            .map(|side| side.iter().sum::<f64>());
        let mut groups = [(0.0, 0.0, 0.0); N_GROUPS];
        let mut seen = 0.0;
        for (bin, ratio) in members.iter().enumerate() {
            let mixed = 1.0 - share + share * ratio;
            let weights = [sums[0] * mixed, sums[1], sums[2] * ratio];
            let expected = weights[0] / weights.iter().sum::<f64>();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 9")]
            let group = ((seen / counts.total * N_GROUPS as f64) as usize).min(N_GROUPS - 1);
            let (found, mean, variance) = &mut groups[group];
            *found += counts.candidates[bin];
            *mean += counts.all[bin] * expected;
            *variance += counts.all[bin] * expected * (1.0 - expected);
            seen += counts.all[bin];
        }
        let used = groups.iter().filter(|(_, _, variance)| *variance > 0.0);
        let (mut statistic, mut n_used) = (0.0, 0.0);
        for (found, mean, variance) in used {
            statistic += (found - mean) * (found - mean) / variance;
            n_used += 1.0;
        }
        chi_squared_tail(statistic, (n_used - 3.0_f64).max(1.0))
    }
}

impl Normalised {
    fn log_likelihood(&self, counts: &Counts, share: f64) -> f64 {
        let mut sum = 0.0;
        for (bin, ratio) in self.members.iter().enumerate() {
            let probability = 1.0 / (1.0 - self.weight + self.weight * ratio);
            sum += counts.all[bin] * math::ln(probability);
            if counts.candidates[bin] > 0.0 {
                sum += counts.candidates[bin] * math::ln(1.0 - share + share * ratio);
            }
            if counts.members[bin] > 0.0 {
                sum += counts.members[bin] * math::ln(*ratio);
            }
        }
        sum
    }
}

/// The probability that a chi-squared variable exceeds `value` (Wilson & Hilferty 1931; within 0.005 from 3 degrees on).
fn chi_squared_tail(value: f64, n_degrees: f64) -> f64 {
    let spread = 2.0 / (9.0 * n_degrees);
    let z = (math::pow(value / n_degrees, 1.0 / 3.0) - (1.0 - spread)) / spread.sqrt();
    1.0 - math::normal_cdf(z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chi_squared_tail_matches_the_table() {
        // Upper 5 % and 1 % points for 7 degrees of freedom: 14.067 and 18.475.
        assert!((chi_squared_tail(14.067, 7.0) - 0.05).abs() < 1e-3);
        assert!((chi_squared_tail(18.475, 7.0) - 0.01).abs() < 1e-3);
        assert!(chi_squared_tail(0.0, 7.0) > 0.999);
    }

    fn counts() -> Counts {
        let ladder = |from: f64, n: u32| -> Vec<f64> {
            (0..n).map(|k| from + 3.0 * f64::from(k) / f64::from(n)).collect()
        };
        let (candidates, nonmembers, members) =
            (ladder(-1.0, 40), ladder(-1.5, 30), ladder(-0.2, 10));
        let scores = Scores { candidates: &candidates, nonmembers: &nonmembers, members: &members };
        Counts::of(&scores, 12).unwrap()
    }

    #[test]
    fn distributions_are_normalised_at_the_optimum() {
        let counts = counts();
        assert!((counts.total - 80.0).abs() < 1e-12);
        let ratio = Ratio::new(&counts, Link::NormalScores, 0.8, 1.1);
        for share in [0.0, 0.3, 1.0] {
            let scale = ratio.log_scale(&counts, share, 3.0);
            let Normalised { members, weight } = ratio.normalised(&counts, share, scale);
            let probabilities: Vec<f64> = members
                .iter()
                .zip(&counts.all)
                .map(|(r, all)| all / counts.total / (1.0 - weight + weight * r))
                .collect();
            assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-8, "non-members");
            let of_members = math::dot(&probabilities, &members);
            assert!((of_members - 1.0).abs() < 1e-8, "members: {of_members}");
        }
    }

    /// Any other distribution of non-members, with the members that it implies, is less likely.
    #[test]
    fn no_other_distribution_of_non_members_is_likelier() {
        let counts = counts();
        let ratio = Ratio::new(&counts, Link::NormalScores, 0.8, 1.1);
        let share = 0.3;
        let likelihood_of = |probabilities: &[f64]| {
            let scale = math::dot(probabilities, &ratio.values);
            let mut sum = 0.0;
            for (bin, probability) in probabilities.iter().enumerate() {
                let r = ratio.values[bin] / scale;
                sum += counts.all[bin] * math::ln(*probability)
                    + counts.candidates[bin] * math::ln(1.0 - share + share * r)
                    + counts.members[bin] * math::ln(r);
            }
            sum
        };
        let scale = ratio.log_scale(&counts, share, 0.0);
        let Normalised { members, weight } = ratio.normalised(&counts, share, scale);
        let best: Vec<f64> = members
            .iter()
            .zip(&counts.all)
            .map(|(r, all)| all / counts.total / (1.0 - weight + weight * r))
            .collect();
        let highest = likelihood_of(&best);
        for from in 0..best.len() {
            for to in 0..best.len() {
                let mut moved = best.clone();
                moved[from] *= 0.99;
                moved[to] += best[from] - moved[from];
                assert!(likelihood_of(&moved) <= highest + 1e-9, "{from} {to}");
            }
        }
        let constant: f64 = counts.all.iter().map(|all| all * math::ln(all / counts.total)).sum();
        let normalised = Normalised { members, weight };
        let found = normalised.log_likelihood(&counts, share);
        assert!((found + constant - highest).abs() < 1e-6);
        let (penalised, _) = ratio.log_likelihood(&counts, share, 0.0);
        let penalty = ratio.shape_penalty(&counts, &normalised);
        assert!(penalty > 0.0 && (found - penalised - penalty).abs() < 1e-6);
    }
}
