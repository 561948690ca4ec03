//! How frequent each token is in a reference corpus, for DC-PDD.

use std::fmt;

use crate::numeric::math;

/// How often each token of a vocabulary occurs in a reference corpus.
///
/// The corpus must be another than the scored documents: frequencies of the scored texts themselves
/// would be calibrated by the very members that are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenCounts {
    counts: Vec<u64>,
}

/// A token that the vocabulary does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownToken {
    /// The token.
    pub token_id: i32,
    /// How many tokens the vocabulary has.
    pub vocabulary_size: usize,
}

impl fmt::Display for UnknownToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "token {} is not in a vocabulary of {}",
            self.token_id, self.vocabulary_size
        )
    }
}

impl std::error::Error for UnknownToken {}

impl TokenCounts {
    /// No tokens counted yet, of a vocabulary of this size.
    pub fn new(vocabulary_size: usize) -> Self {
        Self { counts: vec![0; vocabulary_size] }
    }

    /// These counts, one for each token of the vocabulary.
    pub fn of(counts: Vec<u64>) -> Self {
        Self { counts }
    }

    /// The count of each token of the vocabulary.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Counts the tokens of a document.
    ///
    /// # Errors
    /// If a token is not in the vocabulary; those before it are counted.
    pub fn add(&mut self, token_ids: &[i32]) -> Result<(), UnknownToken> {
        let vocabulary_size = self.counts.len();
        for &token_id in token_ids {
            let place = usize::try_from(token_id).ok().and_then(|id| self.counts.get_mut(id));
            *place.ok_or(UnknownToken { token_id, vocabulary_size })? += 1;
        }
        Ok(())
    }

    /// How many tokens were counted.
    pub fn n_tokens(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// The smoothed frequency of each token of a vocabulary, as `ln(1 / f)`.
///
/// `f = (count + 1) / (N + |V|)` with `N` tokens in the corpus and `|V|` in the vocabulary: Laplace
/// smoothing, as DC-PDD has it (Zhang et al. 2024, arXiv 2409.14781, §4.2).
#[derive(Debug, Clone, PartialEq)]
pub struct TokenFrequencies {
    surprisals: Vec<f64>,
}

impl TokenFrequencies {
    /// The frequencies that these counts tell.
    #[expect(clippy::cast_precision_loss, reason = "counts of tokens stay far below 2^52")]
    pub fn new(counts: &TokenCounts) -> Self {
        let total = counts.n_tokens() as f64 + counts.counts.len() as f64;
        let surprisal = |&count: &u64| math::ln(total / (count as f64 + 1.0));
        Self { surprisals: counts.counts.iter().map(surprisal).collect() }
    }

    /// How many tokens the vocabulary has.
    pub fn vocabulary_size(&self) -> usize {
        self.surprisals.len()
    }

    /// `ln(1 / f)` of the token in nats, or none if the vocabulary lacks it.
    pub fn surprisal(&self, token_id: i32) -> Option<f64> {
        self.surprisals.get(usize::try_from(token_id).ok()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_are_smoothed_by_one_and_sum_to_one() {
        let mut counts = TokenCounts::new(4);
        counts.add(&[0, 0, 0, 2]).unwrap();
        counts.add(&[2, 1]).unwrap();
        let frequencies = TokenFrequencies::new(&counts);
        for (token_id, expected) in [(0, 4.0 / 10.0), (1, 0.2), (2, 0.3), (3, 0.1)] {
            let found = math::exp(-frequencies.surprisal(token_id).unwrap());
            assert!((found - expected).abs() < 1e-15, "{token_id}: {found}");
        }
        assert_eq!(frequencies.surprisal(4), None);
        assert_eq!(frequencies.surprisal(-1), None);
    }

    #[test]
    fn a_token_of_another_vocabulary_is_refused() {
        let mut counts = TokenCounts::new(4);
        for token_id in [-1, 4, i32::MAX] {
            assert_eq!(counts.add(&[token_id]), Err(UnknownToken { token_id, vocabulary_size: 4 }));
        }
        assert_eq!(counts.n_tokens(), 0);
    }
}
