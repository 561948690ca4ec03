//! A whole study of evidence: estimate, intervals, tests, in either unit.
//!
//! The program and the page compute through this module alone, so that both give the same numbers. Replicates may be
//! made in any order and on any number of threads.

use super::beginnings::Beginnings;
use super::estimate::Estimate;
use super::evidence::Evidence;
use super::following::{Following, mean_expectations};
use super::learning::Learning;
use super::options::OpeningsOptions;
use super::replicate::{OpeningsReplicate, resampled, with_model_error};
use super::trust::{self, N_DRAWS, TrustDraw, distance, explained_and_expected};
use crate::files::joined::Joined;
use crate::files::record::{SharesByUnit, SharesRecord};
use crate::messages::check::Check;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::input_error::InputError;
use crate::numeric::interval::Interval;
use crate::numeric::matrix::Matrix;
use crate::numeric::rng::RandomStream;
use crate::shares::document_lengths::DocumentLengths;
use crate::shares::merge::Merge;
use crate::shares::unit::{self, Unit};

/// A study that is prepared: its estimate is made, its replicates are not.
#[derive(Debug, Clone)]
pub struct Study {
    pub(super) evidence: Evidence,
    pub(super) expected: Matrix,
    /// The beginnings of documents.
    pub(super) whole: Beginnings,
    /// The beginnings as the model has learned them.
    pub(super) beginnings: Beginnings,
    learning: Option<Learning>,
    pub(super) following: Following,
    pub(super) options: OpeningsOptions,
    lengths: Option<DocumentLengths>,
    refusals: Vec<String>,
}

/// How far the model's expectation of a token is from what the mixture explains.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TokenMisfit {
    /// The token.
    pub token: String,
    /// Its share of what the model expects, averaged over documents before.
    pub expected: f64,
    /// Its share by the mixture and the nuisances.
    pub explained: f64,
}

impl Study {
    /// The study of this evidence. `lengths`, if known, are those of its categories as they are before any merge.
    ///
    /// # Errors
    /// If a merge names what is not there.
    pub fn new(
        evidence: &Evidence,
        lengths: Option<&DocumentLengths>,
        options: OpeningsOptions,
    ) -> Result<Self, InputError> {
        let merged = evidence.merged(&options.merges)?;
        let lengths = lengths.map(|lengths| merged_lengths(evidence, lengths, &options.merges));
        let lengths = lengths.transpose()?;
        let expected = mean_expectations(&merged);
        let estimate = Estimate::of(&merged, &expected, &options);
        let mut study = Self {
            evidence: merged,
            expected,
            whole: estimate.whole,
            beginnings: estimate.beginnings,
            learning: estimate.learning,
            following: estimate.following,
            options,
            lengths,
            refusals: Vec::new(),
        };
        study.refusals = study.find_refusals();
        Ok(study)
    }

    /// What was asked for.
    pub fn options(&self) -> &OpeningsOptions {
        &self.options
    }

    /// The evidence, after merging.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// What the model expects after what.
    pub fn following(&self) -> &Following {
        &self.following
    }

    /// The beginnings of documents: densities of first tokens.
    pub fn beginnings(&self) -> &Beginnings {
        &self.whole
    }

    /// What the model has learned of them; none where that was not asked.
    pub fn learning(&self) -> Option<&Learning> {
        self.learning.as_ref()
    }

    /// The beginnings that other counts of documents give, learned as those of the estimate are.
    pub(super) fn as_learned(&self, counts: &[&[f64]]) -> Beginnings {
        let whole = Beginnings::of_counts(&self.evidence, counts, self.options.smoothing());
        match &self.learning {
            Some(learning) => whole.as_learned(&learning.tokens),
            None => whole,
        }
    }

    /// The lengths of whole documents, after merging, if they are known.
    pub fn lengths(&self) -> Option<&DocumentLengths> {
        self.lengths.as_ref()
    }

    /// Why there is no answer; empty where there is one.
    pub fn refusals(&self) -> &[String] {
        &self.refusals
    }

    /// The unit of the shares shown first: the one asked for, or documents where lengths are unknown.
    pub fn unit(&self) -> Unit {
        if self.lengths.is_some() { self.options.unit } else { Unit::Documents }
    }

    /// Replicate number `index`, below `options.n_replicates`.
    pub fn replicate(&self, index: u64) -> OpeningsReplicate {
        let seed = self.options.seed;
        let mut stream = RandomStream::new(seed, index);
        let drawn = resampled(self, &mut stream);
        OpeningsReplicate {
            documents: with_model_error(&drawn.mixture.shares, &mut stream),
            mean_lengths: (self.lengths.as_ref())
                .map(|lengths| unit::replicate_means(lengths, seed, index)),
            trust: (index < N_DRAWS).then(|| trust::draw(self, index)),
        }
    }

    /// The shares in both units with their intervals, from all replicates in order.
    pub fn shares(&self, replicates: &[OpeningsReplicate]) -> SharesByUnit {
        let documents: Vec<Vec<f64>> = replicates.iter().map(|one| one.documents.clone()).collect();
        let point = self.following.mixture.shares.clone();
        let tokens = self.lengths.as_ref().map(|lengths| {
            let point = unit::token_shares(&point, &lengths.means());
            self.record(point, &self.token_replicates(replicates))
        });
        SharesByUnit { documents: self.record(point, &documents), tokens }
    }

    /// Replicates in the study's unit, `[n_replicates, n_categories]`.
    pub fn rows(&self, replicates: &[OpeningsReplicate]) -> Vec<Vec<f64>> {
        match self.unit() {
            Unit::Tokens => self.token_replicates(replicates),
            Unit::Documents => replicates.iter().map(|one| one.documents.clone()).collect(),
        }
    }

    fn token_replicates(&self, replicates: &[OpeningsReplicate]) -> Vec<Vec<f64>> {
        let tokens = |one: &OpeningsReplicate| {
            let means = one.mean_lengths.as_ref()?;
            Some(unit::token_shares(&one.documents, means))
        };
        replicates.iter().filter_map(tokens).collect()
    }

    /// Intervals are from quantile to quantile of the replicates, and hold the estimate.
    fn record(&self, point: Vec<f64>, replicates: &[Vec<f64>]) -> SharesRecord {
        let interval = |category: usize| {
            let drawn: Vec<f64> = replicates.iter().map(|row| row[category]).collect();
            let central = Interval::central(&drawn, self.options.level)?;
            let share = point[category];
            Interval::new(central.lo().min(share), central.hi().max(share))
        };
        let intervals: Option<Vec<Interval>> =
            (replicates.len() > 1).then(|| (0..point.len()).map(interval).collect()).flatten();
        SharesRecord::new(point, replicates, intervals.as_deref())
    }

    /// The tests of what the estimate rests on, from all replicates in order.
    pub fn checks(&self, replicates: &[OpeningsReplicate]) -> Vec<Check> {
        let draws: Vec<TrustDraw> = replicates.iter().filter_map(|one| one.trust).collect();
        self.trust_checks(&draws)
    }

    /// All that a reader must know, the checks among it.
    pub fn diagnostics(&self, checks: &[Check]) -> Vec<Diagnostic> {
        let refused = |reason: &String| {
            Diagnostic::warning(NOT_IDENTIFIED, format!("not identifiable by openings: {reason}"))
        };
        let mut diagnostics: Vec<Diagnostic> = self.refusals.iter().map(refused).collect();
        diagnostics.extend(checks.iter().map(Check::diagnostic));
        if self.lengths.is_none() {
            diagnostics.push(Diagnostic::note(
                LENGTHS_UNKNOWN,
                "these are shares of documents: how long whole documents of each category are is not known, so shares \
                 of tokens, which published mixtures are, cannot be given (--document-lengths FILE tells)",
            ));
        }
        diagnostics
    }

    /// The tokens, those of the largest misfit first.
    pub fn misfits(&self) -> Vec<TokenMisfit> {
        let (explained, expected) = self.explained_and_expected();
        let mut all: Vec<TokenMisfit> = self
            .evidence
            .cells
            .iter()
            .zip(expected.into_iter().zip(explained))
            .map(|(token, (expected, explained))| TokenMisfit {
                token: token.clone(),
                expected,
                explained,
            })
            .collect();
        let misfit = |one: &TokenMisfit| (one.expected - one.explained).abs();
        all.sort_by(|left, right| misfit(right).total_cmp(&misfit(left)));
        all
    }

    /// The category after whose documents the model's expectation is explained worst.
    pub fn worst_row(&self) -> Option<&str> {
        if self.expected.n_rows() < 2 {
            return None;
        }
        let misfit = |row: usize| {
            let explained = self.beginnings.densities.times(self.following.weights.row(row));
            distance(&explained, self.expected.row(row))
        };
        let worst = (0..self.expected.n_rows())
            .map(|row| (row, misfit(row)))
            .max_by(|left, right| left.1.total_cmp(&right.1))?;
        self.evidence.taxonomy.names().get(worst.0).map(String::as_str)
    }

    /// What the mixture explains and what the model expects, over cells.
    pub fn explained_and_expected(&self) -> (Vec<f64>, Vec<f64>) {
        explained_and_expected(&self.following, &self.beginnings.densities, &self.expected)
    }
}

/// The lengths of joined categories, weighed by their documents.
fn merged_lengths(
    evidence: &Evidence,
    lengths: &DocumentLengths,
    merges: &[Merge],
) -> Result<DocumentLengths, InputError> {
    let joined = Joined::by(&evidence.taxonomy, merges)?;
    let weights: Vec<f64> =
        evidence.references.iter().map(super::evidence::References::n_documents).collect();
    Ok(lengths.merged(&joined.members, &weights))
}

/// The code of a refusal.
pub const NOT_IDENTIFIED: &str = "not_identified";

/// The code of the doubt about the unit.
pub(super) const LENGTHS_UNKNOWN: &str = "lengths_unknown";

/// Whether a diagnostic of this code comes from a study, and not from what was before it.
pub fn makes_diagnostic(code: &str) -> bool {
    [LENGTHS_UNKNOWN, NOT_IDENTIFIED].contains(&code) || trust::CODES.contains(&code)
}

#[cfg(test)]
#[path = "study_tests.rs"]
mod tests;
