//! The `summary.json` of an openings run, as this program writes it.
//!
//! [`crate::files::run`] reads it back. Where there is no answer it has no `priors`.

use serde::Serialize;
use serde_json::{Map, Value};

use super::figures::OpeningsFigures;
use super::prepared::TokenMisfit;
use super::replicate::{MODEL_DOCUMENTS, OpeningsReplicate};
use super::study::Study;
use super::verdict::verdict;
use crate::files::record::{Context, Priors, SharesByUnit, ToolRecord, expected_error, json_text};
use crate::files::run::SCHEMA_VERSION;
use crate::messages::check::Check;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::verdict::Verdict;
use crate::numeric::interval::Interval;
use crate::numeric::termination::Termination;
use crate::shares::document_lengths::DocumentLengths;
use crate::shares::unit::Unit;
use crate::show::shares_table::SharesTable;

/// Tokens that a summary names.
const N_TOKENS: usize = 20;

/// How the estimate was computed, and how sure it is that it is the optimum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OpeningsEstimator {
    /// `openings`.
    pub name: &'static str,
    /// Each row's log-likelihood, in nats, is at most so far below its maximum.
    pub certificate: f64,
    /// Iterations of the solver.
    pub iterations: usize,
    /// Why it stopped.
    pub termination: Termination,
    /// Closed sets of categories; the mixture is the only one that the model keeps if there is one.
    pub n_closed_sets: usize,
    /// Of a token with this share of all beginnings the model has learned half; none where that was not asked.
    pub half_learned: Option<f64>,
    /// The model's own error in the intervals, as so many documents.
    pub model_documents: f64,
}

/// A run of openings, ready to be written.
#[derive(Debug, Clone, Serialize)]
pub struct OpeningsSummary {
    /// Version of this form.
    pub schema_version: u64,
    /// `openings`.
    pub method: &'static str,
    /// What the result is good for, and why.
    pub verdict: Verdict,
    /// The program.
    pub tool: ToolRecord,
    /// When the run ended, if known.
    pub created: Option<String>,
    /// Every setting.
    pub config: Map<String, Value>,
    /// The categories.
    pub categories: Vec<String>,
    /// The unit of `priors`.
    pub unit: Unit,
    /// Whether there is an answer.
    pub identified: bool,
    /// Why there is none.
    pub refusals: Vec<String>,
    /// The estimate with its uncertainty; only where there is an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priors: Option<Priors>,
    /// The same in each unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shares: Option<SharesByUnit>,
    /// Lengths of whole documents, in category order, if known.
    pub document_lengths: Option<DocumentLengths>,
    /// How it was computed.
    pub estimator: OpeningsEstimator,
    /// Row = category of the document before, column = category expected next; rows sum to 1. One row where no
    /// document was before.
    pub next_from_last: Vec<Vec<f64>>,
    /// The share of each row's expectation that fits no category.
    pub nuisance_shares: Vec<f64>,
    /// Reference documents of each category.
    pub n_documents: Vec<f64>,
    /// The condition number of the categories' beginnings.
    pub condition_number: f64,
    /// The tokens that the model expects most.
    pub tokens: Vec<TokenMisfit>,
    /// The tokens of the largest misfit.
    pub misfits: Vec<TokenMisfit>,
    /// SHA-256 and counts of every input.
    pub inputs: Value,
    /// What was tested of what the estimate rests on.
    pub checks: Vec<Check>,
    /// What a reader must know.
    pub diagnostics: Vec<Diagnostic>,
}

impl OpeningsSummary {
    /// The summary of a study with all its replicates in order.
    pub fn of_study(study: &Study, replicates: &[OpeningsReplicate], context: Context) -> Self {
        let (evidence, following) = (study.evidence(), study.following());
        let identified = study.refusals().is_empty();
        let shares = study.shares(replicates);
        let shown = match study.unit() {
            Unit::Tokens => shares.tokens.clone(),
            Unit::Documents => Some(shares.documents.clone()),
        };
        let rows = study.rows(replicates);
        let error = shown.as_ref().and_then(|shown| expected_error(&shown.point, &rows));
        let priors = shown.map(|shown| Priors::new(shown, study.options().level, &rows));
        let checks = study.checks(replicates);
        let mut diagnostics = context.diagnostics;
        diagnostics.extend(study.diagnostics(&checks));
        let misfits = study.prepared().misfits();
        let mut tokens = misfits.clone();
        tokens.sort_by(|left, right| right.expected.total_cmp(&left.expected));
        let first = |all: Vec<TokenMisfit>| all.into_iter().take(N_TOKENS).collect();
        Self {
            schema_version: SCHEMA_VERSION,
            method: "openings",
            verdict: verdict(study.refusals(), error, &checks, &diagnostics),
            tool: context.tool,
            created: context.created,
            config: context.config,
            categories: evidence.taxonomy.names().to_vec(),
            unit: study.unit(),
            identified,
            refusals: study.refusals().to_vec(),
            priors: priors.filter(|_| identified),
            shares: identified.then_some(shares),
            document_lengths: study.lengths().cloned(),
            estimator: OpeningsEstimator {
                name: "openings",
                certificate: following.certificate,
                iterations: following.iterations,
                termination: following.termination,
                n_closed_sets: following.mixture.n_closed_sets,
                half_learned: study.learning().map(|learning| learning.half_learned),
                model_documents: MODEL_DOCUMENTS,
            },
            next_from_last: following.next_from_last.rows().map(<[f64]>::to_vec).collect(),
            nuisance_shares: following.nuisance_shares(),
            n_documents: evidence.references.iter().map(|one| one.n_documents()).collect(),
            condition_number: study.prepared().condition_number(),
            tokens: first(tokens),
            misfits: first(misfits),
            inputs: context.inputs,
            checks,
            diagnostics,
        }
    }

    /// The JSON text, indented, ending in a new line.
    pub fn to_json(&self) -> String {
        json_text(self)
    }

    /// The estimate as a table, without numbers where there is no answer.
    pub fn shares_table(&self) -> SharesTable<'_> {
        let priors = self.priors.as_ref();
        SharesTable {
            caption: if self.identified {
                "Estimated mixture"
            } else {
                "Not identifiable by openings"
            },
            categories: &self.categories,
            unit: self.unit.name(),
            point: priors.map(|priors| priors.point.as_slice()),
            ci_lo: priors.and_then(|priors| priors.ci_lo.as_deref()),
            ci_hi: priors.and_then(|priors| priors.ci_hi.as_deref()),
        }
    }

    /// The intervals, if there are any.
    pub fn intervals(&self) -> Option<Vec<Interval>> {
        self.priors.as_ref()?.intervals()
    }

    /// What the run's plots show.
    pub fn figures<'run>(
        &'run self,
        name: &'run str,
        intervals: Option<&'run [Interval]>,
    ) -> OpeningsFigures<'run> {
        OpeningsFigures {
            name,
            categories: &self.categories,
            unit: self.unit,
            estimate: self.priors.as_ref().map(|priors| priors.point.as_slice()),
            intervals,
            next_from_last: &self.next_from_last,
            tokens: &self.tokens,
        }
    }
}
