//! A whole study of evidence: estimate, intervals, tests, in either unit.
//!
//! The program and the page compute through this module alone, so that both give the same numbers. Replicates may be
//! made in any order and on any number of threads.

use super::evidence::{Evidence, References};
use super::following::Following;
use super::learning::Learning;
use super::options::OpeningsOptions;
use super::prepared::Prepared;
use super::replicate::{MODEL_DOCUMENTS, OpeningsReplicate, resampled};
use super::trust::{self, N_DRAWS, TrustDraw};
use crate::files::joined::Joined;
use crate::files::record::{SharesByUnit, SharesRecord};
use crate::messages::check::Check;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::input_error::InputError;
use crate::numeric::rng::RandomStream;
use crate::shares::document_lengths::DocumentLengths;
use crate::shares::merge::Merge;
use crate::shares::unit::{self, Unit};

/// A study that is prepared: its estimate is made, its replicates are not.
#[derive(Debug, Clone)]
pub struct Study {
    prepared: Prepared,
    lengths: Option<DocumentLengths>,
    refusals: Vec<String>,
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
        let prepared = Prepared::new(merged, options);
        let refusals = prepared.refusals();
        Ok(Self { prepared, lengths, refusals })
    }

    /// The estimate, and all that it was made by.
    pub fn prepared(&self) -> &Prepared {
        &self.prepared
    }

    /// What was asked for.
    pub fn options(&self) -> &OpeningsOptions {
        &self.prepared.options
    }

    /// The evidence, after merging.
    pub fn evidence(&self) -> &Evidence {
        &self.prepared.evidence
    }

    /// What the model expects after what.
    pub fn following(&self) -> &Following {
        &self.prepared.following
    }

    /// What the model has learned of beginnings; none where that was not asked.
    pub fn learning(&self) -> Option<&Learning> {
        self.prepared.learning.as_ref()
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
        if self.lengths.is_some() { self.options().unit } else { Unit::Documents }
    }

    /// Replicate number `index`, below `options.n_replicates`.
    pub fn replicate(&self, index: u64) -> OpeningsReplicate {
        let seed = self.options().seed;
        let mut stream = RandomStream::new(seed, index);
        let drawn = resampled(&self.prepared, &mut stream);
        OpeningsReplicate {
            documents: stream.counted_shares(&drawn.mixture.shares, MODEL_DOCUMENTS),
            mean_lengths: (self.lengths.as_ref())
                .map(|lengths| unit::replicate_means(lengths, seed, index)),
            trust: (index < N_DRAWS).then(|| trust::draw(&self.prepared, index)),
        }
    }

    /// The shares in both units with their intervals, from all replicates in order.
    pub fn shares(&self, replicates: &[OpeningsReplicate]) -> SharesByUnit {
        let documents: Vec<Vec<f64>> = replicates.iter().map(|one| one.documents.clone()).collect();
        let point = self.following().mixture.shares.clone();
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

    fn record(&self, point: Vec<f64>, replicates: &[Vec<f64>]) -> SharesRecord {
        match replicates {
            [] | [_] => SharesRecord::new(point, replicates, None),
            _ => SharesRecord::with_central(point, replicates, self.options().level),
        }
    }

    /// The tests of what the estimate rests on, from all replicates in order.
    pub fn checks(&self, replicates: &[OpeningsReplicate]) -> Vec<Check> {
        let draws: Vec<TrustDraw> = replicates.iter().filter_map(|one| one.trust).collect();
        self.prepared.trust_checks(&draws)
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
}

/// The lengths of joined categories, weighed by their documents.
fn merged_lengths(
    evidence: &Evidence,
    lengths: &DocumentLengths,
    merges: &[Merge],
) -> Result<DocumentLengths, InputError> {
    let joined = Joined::by(&evidence.taxonomy, merges)?;
    let weights: Vec<f64> = evidence.references.iter().map(References::n_documents).collect();
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
