//! Scores of documents: each attack computed from a document's evidence.

use super::attack::{Attack, Need};
use super::evidence::{Evidence, NoScore, TokenStatistics, mean_log_prob};
use super::token_frequencies::TokenFrequencies;
use crate::numeric::math;

/// The share of tokens that Min-K% and Min-K%++ look at unless told otherwise: the seed study's.
pub const DEFAULT_MINK_RATIO: f64 = 0.1;

/// DC-PDD's upper limit of a token's contribution unless told otherwise: the published `a`.
pub const DEFAULT_DC_PDD_LIMIT: f64 = 0.01;

/// The least variance that Min-K%++ divides by, in nats squared: the seed study's. A token of
/// probability `p` alone makes the variance about `p (ℓ - μ)²`, so that this stops only scores
/// of places where the model is surer than single precision can say.
pub const VARIANCE_FLOOR: f64 = 1e-8;

/// The settings of the attacks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScorerOptions {
    /// The share of tokens that Min-K% and Min-K%++ look at, in (0, 1].
    pub mink_ratio: f64,
    /// DC-PDD's upper limit `a` of a token's contribution, above 0.
    pub dc_pdd_limit: f64,
}

impl Default for ScorerOptions {
    fn default() -> Self {
        Self { mink_ratio: DEFAULT_MINK_RATIO, dc_pdd_limit: DEFAULT_DC_PDD_LIMIT }
    }
}

/// Computes scores one document after the other; holds the memory that they share.
///
/// Every score depends on its document alone, so that documents may be split among scorers. Time: a
/// few passes over the tokens for each attack; nothing is sorted.
#[derive(Debug, Clone)]
pub struct Scorer<'corpus> {
    options: ScorerOptions,
    frequencies: Option<&'corpus TokenFrequencies>,
    /// Room for one document's values.
    values: Vec<f64>,
    /// For each token of the vocabulary the last document that had it.
    last_seen: Vec<u64>,
    n_documents: u64,
}

impl<'corpus> Scorer<'corpus> {
    /// A scorer with these settings; DC-PDD needs the frequencies.
    pub fn new(options: ScorerOptions, frequencies: Option<&'corpus TokenFrequencies>) -> Self {
        let vocabulary_size = frequencies.map_or(0, TokenFrequencies::vocabulary_size);
        Self {
            options,
            frequencies,
            values: Vec::new(),
            last_seen: vec![0; vocabulary_size],
            n_documents: 0,
        }
    }

    /// The score of each of the attacks, in their order: higher means more likely a member.
    pub fn scores(
        &mut self,
        attacks: &[Attack],
        evidence: &Evidence<'_>,
    ) -> Vec<Result<f64, NoScore>> {
        let likelihood = mean_log_prob(evidence.statistics.log_prob);
        let score = |&attack: &Attack| {
            let likelihood = likelihood.ok_or(NoScore::NoTokens)?;
            let score = self.of(attack, likelihood, evidence)?;
            if score.is_finite() { Ok(score) } else { Err(NoScore::NotFinite) }
        };
        attacks.iter().map(score).collect()
    }

    fn of(
        &mut self,
        attack: Attack,
        likelihood: f64,
        evidence: &Evidence<'_>,
    ) -> Result<f64, NoScore> {
        let needed = |value: Option<f64>, need| value.ok_or(NoScore::Missing(need));
        Ok(match attack {
            Attack::Loss => likelihood,
            Attack::Zlib => likelihood / compressed_length(evidence)?,
            Attack::Lowercase => needed(evidence.lowercase, Need::LowercasePass)? / likelihood,
            Attack::Reference => likelihood - needed(evidence.reference, Need::ReferencePass)?,
            Attack::ReCall => needed(evidence.prefixed, Need::PrefixedPass)? / likelihood,
            Attack::Neighbourhood => {
                likelihood - needed(math::mean(evidence.perturbed), Need::PerturbedPass)?
            }
            Attack::MinK => {
                self.values.clear();
                self.values.extend(evidence.statistics.log_prob.iter().map(|&x| f64::from(x)));
                mean_of_lowest(&mut self.values, self.options.mink_ratio)
            }
            Attack::MinKPlusPlus => {
                self.values.clear();
                self.values.extend(standardised(evidence.statistics));
                mean_of_lowest(&mut self.values, self.options.mink_ratio)
            }
            Attack::DcPdd => self.dc_pdd(evidence)?,
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "a document has far fewer than 2^52 tokens")]
    fn dc_pdd(&mut self, evidence: &Evidence<'_>) -> Result<f64, NoScore> {
        let frequencies = self.frequencies.ok_or(NoScore::Missing(Need::TokenFrequencies))?;
        self.n_documents += 1;
        let (mut sum, mut n_distinct) = (0.0, 0_u64);
        let scored_ids = evidence.token_ids.iter().skip(1);
        for (&token_id, &log_prob) in scored_ids.zip(evidence.statistics.log_prob) {
            let surprisal = frequencies.surprisal(token_id).ok_or(NoScore::UnknownToken)?;
            let place = usize::try_from(token_id).map_err(|_| NoScore::UnknownToken)?;
            if self.last_seen[place] != self.n_documents {
                self.last_seen[place] = self.n_documents;
                let divergence = math::exp(f64::from(log_prob)) * surprisal;
                sum += divergence.min(self.options.dc_pdd_limit);
                n_distinct += 1;
            }
        }
        Ok(sum / n_distinct as f64)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a text has far fewer than 2^52 bytes")]
fn compressed_length(evidence: &Evidence<'_>) -> Result<f64, NoScore> {
    let length = evidence.compressed_length.ok_or(NoScore::Missing(Need::CompressedLength))?;
    Ok(length as f64)
}

/// `(ℓ - μ) / σ` of each token, with `σ²` at least [`VARIANCE_FLOOR`].
fn standardised(statistics: TokenStatistics<'_>) -> impl Iterator<Item = f64> {
    let moments = statistics.mean.iter().zip(statistics.variance);
    statistics.log_prob.iter().zip(moments).map(|(&log_prob, (&mean, &variance))| {
        standard_score(f64::from(log_prob), f64::from(mean), f64::from(variance))
    })
}

fn standard_score(log_prob: f64, mean: f64, variance: f64) -> f64 {
    // A comparison that leaves NaN as it is, unlike `f64::max`.
    let variance = if variance < VARIANCE_FLOOR { VARIANCE_FLOOR } else { variance };
    (log_prob - mean) / variance.sqrt()
}

/// How many of `n` tokens are the lowest `ratio`: rounded down, but at least one, at most all.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a number of tokens, which stays far below 2^52"
)]
fn n_lowest(n: usize, ratio: f64) -> usize {
    ((n as f64 * ratio) as usize).clamp(1, n.max(1))
}

/// The mean of the lowest values, which may be put in another order; NaN for none.
///
/// Only the lowest are sorted, so that they are added in an order of their own, not in that in
/// which a partition happens to leave them.
#[expect(clippy::cast_precision_loss, reason = "a document has far fewer than 2^52 tokens")]
fn mean_of_lowest(values: &mut [f64], ratio: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let n_lowest = n_lowest(values.len(), ratio);
    values.select_nth_unstable_by(n_lowest - 1, f64::total_cmp);
    let lowest = &mut values[..n_lowest];
    lowest.sort_unstable_by(f64::total_cmp);
    lowest.iter().sum::<f64>() / n_lowest as f64
}

#[cfg(test)]
#[path = "scorer_tests.rs"]
mod tests;
