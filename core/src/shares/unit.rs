//! Shares of documents and shares of tokens.
//!
//! A text generated from the document separator is a draw of *documents*; published mixtures are
//! shares of *tokens*. Books are few documents and many tokens.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::numeric::interval::Interval;
use crate::numeric::math;
use crate::numeric::rng::RandomStream;
use crate::shares::document_lengths::DocumentLengths;

/// What a share is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Of documents.
    Documents,
    /// Of tokens, as published mixtures are.
    #[default]
    Tokens,
}

impl Unit {
    /// The name used in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Tokens => "tokens",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Separates the stream of drawn lengths from that of a replicate's documents.
const LENGTHS_STREAM: u64 = 0x6c65_6e67_7468_7321;

/// Shares of tokens for shares of documents: `t_k = p_k m_k / sum_j p_j m_j`, with `m` the mean tokens
/// of a whole document of each category.
pub fn token_shares(document_shares: &[f64], mean_lengths: &[f64]) -> Vec<f64> {
    let tokens: Vec<f64> =
        document_shares.iter().zip(mean_lengths).map(|(share, mean)| share * mean).collect();
    let total: f64 = tokens.iter().sum();
    tokens.into_iter().map(|part| part / total).collect()
}

/// Shares of documents for shares of tokens: `p_k = (t_k / m_k) / sum_j t_j / m_j`, the reverse of
/// [`token_shares`].
pub fn document_shares(token_shares: &[f64], mean_lengths: &[f64]) -> Vec<f64> {
    let documents: Vec<f64> =
        token_shares.iter().zip(mean_lengths).map(|(share, mean)| share / mean).collect();
    let total: f64 = documents.iter().sum();
    documents.into_iter().map(|part| part / total).collect()
}

/// The mean lengths that replicate `index` of a bootstrap with this seed takes.
pub fn replicate_means(lengths: &DocumentLengths, seed: u64, index: u64) -> Vec<f64> {
    lengths.draw_means(&mut RandomStream::new(seed ^ LENGTHS_STREAM, index))
}

/// Shares of documents with all that says how sure they are.
#[derive(Debug, Clone, Copy)]
pub struct DocumentShares<'a> {
    /// The shares.
    pub point: &'a [f64],
    /// An interval of each.
    pub intervals: &'a [Interval],
    /// Bootstrap replicates, `[n_replicates, n_categories]`.
    pub replicates: &'a [Vec<f64>],
    /// Level of the intervals.
    pub level: f64,
}

/// Intervals of the shares of tokens.
///
/// The log-odds of a category's share of tokens are the sum of two parts: the log-odds of its share of
/// documents, whose interval is known, and the logarithm of the ratio of its mean length to that of all
/// other documents, whose variance the replicates tell, with lengths drawn anew in each. The
/// interval of the sum is made from those of the parts by recovering their variances at each end
/// (Zou & Donner 2008, Statistics in Medicine 27, 1693), so that it stays as lopsided as the first.
///
/// Where no document is of the category, its upper end alone is converted.
pub fn token_intervals(
    documents: DocumentShares<'_>,
    means: &[f64],
    replicate_means: &[Vec<f64>],
) -> Vec<Interval> {
    let z = math::normal_quantile(0.5 + 0.5 * documents.level);
    let classes = 0..documents.point.len();
    classes.map(|class| token_interval(class, documents, means, replicate_means, z)).collect()
}

fn token_interval(
    class: usize,
    documents: DocumentShares<'_>,
    means: &[f64],
    replicate_means: &[Vec<f64>],
    z: f64,
) -> Interval {
    let share = documents.point[class];
    let interval = documents.intervals[class];
    let ratio = log_length_ratio(class, documents.point, means);
    let ratios: Vec<f64> = documents
        .replicates
        .iter()
        .zip(replicate_means)
        .map(|(shares, means)| log_length_ratio(class, shares, means))
        .collect();
    // One replicate tells nothing of their spread.
    let spread = if ratios.len() > 1 { z * math::variance(&ratios).sqrt() } else { 0.0 };
    let end = |bound: f64, sign: f64| {
        if bound <= 0.0 || bound >= 1.0 {
            return bound.clamp(0.0, 1.0);
        }
        let way = (log_odds(bound) - log_odds(share)).abs();
        // Next to an infinite way the spread of the lengths adds nothing to it.
        let reach = if way.is_finite() { (way * way + spread * spread).sqrt() - way } else { 0.0 };
        share_of(log_odds(bound) + ratio + sign * reach)
    };
    let (lo, hi) = (end(interval.lo(), -1.0), end(interval.hi(), 1.0));
    Interval::new(lo.min(hi), hi.max(lo)).unwrap_or(interval)
}

/// The logarithm of the mean length of a category over that of all other documents; 0 where there are
/// no others.
fn log_length_ratio(class: usize, shares: &[f64], means: &[f64]) -> f64 {
    let others = |values: &dyn Fn(usize) -> f64| -> f64 {
        (0..shares.len()).filter(|&other| other != class).map(values).sum()
    };
    let tokens = others(&|other| shares[other] * means[other]);
    let documents = others(&|other| shares[other]);
    if documents > 0.0 { math::ln(means[class] * documents / tokens) } else { 0.0 }
}

fn log_odds(share: f64) -> f64 {
    math::ln(share) - math::ln_1p(-share)
}

fn share_of(log_odds: f64) -> f64 {
    1.0 / (1.0 + math::exp(-log_odds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shares::document_lengths::{CategoryLengths, Measure};

    #[test]
    fn shares_of_tokens_match_the_closed_form() {
        let tokens = token_shares(&[0.9, 0.1, 0.0], &[10.0, 90.0, 5.0]);
        assert_eq!(tokens, [0.5, 0.5, 0.0]);
        let documents = document_shares(&tokens, &[10.0, 90.0, 5.0]);
        assert!((documents[0] - 0.9).abs() < 1e-15 && documents[2] == 0.0, "{documents:?}");
    }

    #[test]
    fn known_lengths_convert_the_ends_of_an_interval() {
        let point = [0.9, 0.1];
        let intervals = [Interval::new(0.8, 0.95).unwrap(), Interval::new(0.05, 0.2).unwrap()];
        let replicates = vec![vec![0.85, 0.15], vec![0.93, 0.07], vec![0.9, 0.1]];
        let documents = DocumentShares {
            point: &point,
            intervals: &intervals,
            replicates: &replicates,
            level: 0.95,
        };
        let means = [10.0, 90.0];
        let found = token_intervals(documents, &means, &vec![means.to_vec(); 3]);
        // Two categories with known lengths: an end converts as if it were the estimate.
        let expected = token_shares(&[0.8, 0.2], &means);
        assert!((found[0].lo() - expected[0]).abs() < 1e-12, "{found:?}");
        assert!((found[1].hi() - expected[1]).abs() < 1e-12, "{found:?}");
        assert!((found[0].hi() - token_shares(&[0.95, 0.05], &means)[0]).abs() < 1e-12);
    }

    #[test]
    fn an_absent_category_keeps_its_zero_and_unsure_lengths_widen() {
        let point = [0.6, 0.4, 0.0];
        let ends = [(0.55, 0.65), (0.35, 0.45), (0.0, 0.01)];
        let intervals: Vec<Interval> =
            ends.iter().map(|&(lo, hi)| Interval::new(lo, hi).unwrap()).collect();
        let replicates = vec![point.to_vec(); 200];
        let documents = DocumentShares {
            point: &point,
            intervals: &intervals,
            replicates: &replicates,
            level: 0.95,
        };
        let of = |mean, sd| CategoryLengths { n: 100, mean, sd };
        let lengths = |sd| DocumentLengths {
            measure: Measure::Tokens,
            categories: vec![of(100.0, sd), of(200.0, sd), of(50.0, sd)],
        };
        let width = |sd| {
            let lengths = lengths(sd);
            let drawn: Vec<Vec<f64>> =
                (0..200).map(|index| replicate_means(&lengths, 7, index)).collect();
            let found = token_intervals(documents, &lengths.means(), &drawn);
            assert_eq!(found[2].lo(), 0.0);
            assert!(found[2].hi() > 0.0 && found[2].hi() < 0.01);
            found[0].width()
        };
        assert!(width(100.0) > 1.05 * width(0.0), "{} {}", width(100.0), width(0.0));
    }
}
