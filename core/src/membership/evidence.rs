//! What is known of one document: statistics of its tokens, and what single attacks need besides.

use std::fmt;

use super::attack::Need;

/// What a model says of the scored tokens of a document; three lists of the same length `n`, with
/// one entry per token but the first of the text.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TokenStatistics<'doc> {
    /// The log-probability of each token in nats.
    pub log_prob: &'doc [f32],
    /// The mean of the log-probability under the model's distribution at each place.
    pub mean: &'doc [f32],
    /// The variance of the log-probability under the model's distribution at each place.
    pub variance: &'doc [f32],
}

/// All that attacks may use of one document; what no chosen attack needs may be left out.
///
/// Means of log-probabilities come from [`mean_log_prob`], so that a pass leaves one number per
/// document in memory.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Evidence<'doc> {
    /// What the model says of the text as it is.
    pub statistics: TokenStatistics<'doc>,
    /// The ids of all tokens: one more than were scored, the first one not being scored.
    pub token_ids: &'doc [i32],
    /// Bytes of the text *that was scored* (not of what was cut off) after zlib at level 6, its
    /// default.
    pub compressed_length: Option<usize>,
    /// The mean log-probability of the lower-cased text under the same model.
    pub lowercase: Option<f64>,
    /// The mean log-probability of the text under the reference model.
    pub reference: Option<f64>,
    /// The mean log-probability of the same scored tokens when the prefix of known non-members
    /// stands before the text. The text's first token is left out here too.
    pub prefixed: Option<f64>,
    /// The mean log-probability of each perturbed copy under the same model.
    pub perturbed: &'doc [f64],
}

/// The mean of the log-probabilities, or none if there are none.
#[expect(clippy::cast_precision_loss, reason = "a document has far fewer than 2^52 tokens")]
pub fn mean_log_prob(log_prob: &[f32]) -> Option<f64> {
    let sum: f64 = log_prob.iter().map(|&value| f64::from(value)).sum();
    (!log_prob.is_empty()).then(|| sum / log_prob.len() as f64)
}

/// Why a document has no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoScore {
    /// It has no scored token: it is empty or has one token.
    NoTokens,
    /// What the attack needs is not there for this document.
    Missing(Need),
    /// A token has no place in the table of frequencies, made for another tokenizer.
    UnknownToken,
    /// The score is not a finite number: a statistic is not, or the denominator is 0.
    NotFinite,
}

impl fmt::Display for NoScore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoTokens => "no token but the first",
            Self::Missing(Need::CompressedLength) => "no compressed length",
            Self::Missing(Need::LowercasePass) => "no score in lower case",
            Self::Missing(Need::ReferencePass) => "no score of the reference model",
            Self::Missing(Need::PrefixedPass) => "no score with the prefix",
            Self::Missing(Need::TokenFrequencies) => "no token frequencies",
            Self::Missing(Need::PerturbedPass) => "no perturbed copy",
            Self::UnknownToken => "a token that the token frequencies do not know",
            Self::NotFinite => "a score that is not finite",
        })
    }
}
