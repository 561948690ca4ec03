//! The `summary.json` of a run, as this program writes it.
//!
//! [`crate::files::run`] reads it back, with the forms that the seed study writes.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::files::record::{Context, Priors, SharesByUnit, SharesRecord, ToolRecord, json_text};
use crate::files::run::SCHEMA_VERSION;
use crate::label_shift::analysis::{LabelShift, ValidationMetrics};
use crate::label_shift::figures::LabelshiftFigures;
use crate::label_shift::open_set::UnknownShare;
use crate::label_shift::study::{Study, StudyReplicate, StudyShares};
use crate::label_shift::trust::DecisionRecord;
use crate::label_shift::verdict::verdict;
use crate::messages::check::Check;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::verdict::Verdict;
use crate::numeric::interval::Interval;
use crate::numeric::matrix::Matrix;
use crate::shares::document_lengths::DocumentLengths;
use crate::shares::unit::Unit;
use crate::show::shares_table::SharesTable;

/// How the estimate was computed, and how sure it is that it is the optimum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EstimatorRecord {
    /// The estimator.
    pub name: String,
    /// Upper bound on the distance of its objective from the optimum.
    pub certificate: f64,
    /// Iterations of the solver.
    pub iterations: usize,
    /// Why it stopped.
    pub termination: crate::numeric::termination::Termination,
    /// By how much variances, and so squared widths of intervals, exceed those of chance alone.
    pub dispersion: f64,
    /// The calibration of the classifier.
    pub calibration: CalibrationRecord,
}

/// The calibration that was applied to the texts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationRecord {
    /// The method.
    pub method: crate::label_shift::calibration::CalibrationMethod,
    /// One over the temperature.
    pub slope: f64,
    /// Added to each category's log-probability.
    pub biases: Vec<f64>,
}

/// How good classifier and calibration are on documents that neither has seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValidationRecord {
    /// Share of validation documents whose most probable category is the true one.
    pub val_acc: f64,
    /// Mean over categories of the F1 score.
    pub macro_f1: f64,
    /// Mean negative log-likelihood in nats before and after calibration.
    pub nll: [f64; 2],
    /// Expected calibration error (15 bins) before and after calibration.
    pub ece: [f64; 2],
    /// Validation documents of each category.
    pub n_docs: Vec<usize>,
}

/// A run of label shift, ready to be written.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Version of this form.
    pub schema_version: u64,
    /// `labelshift`.
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
    /// The estimate with its uncertainty.
    pub priors: Priors,
    /// The same in each unit.
    pub shares: SharesByUnit,
    /// Lengths of whole documents, in category order, if known.
    pub document_lengths: Option<DocumentLengths>,
    /// The share of texts of no category, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<UnknownShare>,
    /// The categories and "Unknown".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories_with_unknown: Option<Vec<String>>,
    /// The shares of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priors_with_unknown: Option<SharesRecord>,
    /// How it was computed.
    pub estimator: EstimatorRecord,
    /// Decisions on validation documents: row = true class, rows sum to 1.
    pub confusion_matrix: Vec<Vec<f64>>,
    /// The same as counts of documents.
    pub confusion_counts: Vec<Vec<f64>>,
    /// Mean probabilities of validation documents: row = true class, rows sum to 1.
    pub soft_confusion_matrix: Vec<Vec<f64>>,
    /// Mean probability of each category over the texts.
    pub pbar: Vec<f64>,
    /// What the estimate leads one to expect of `pbar`: the soft matrix times the estimate.
    pub expected_pbar: Vec<f64>,
    /// Share of texts for which each category is the most probable.
    pub decided_shares: Vec<f64>,
    /// What the classifier decides of the texts, and how surely, beside what it decides of documents mixed by
    /// the estimate: where the two are far apart, no mixture of the categories explains the texts.
    pub decisions: Vec<DecisionRecord>,
    /// How good the classifier is.
    pub val_metrics: ValidationRecord,
    /// SHA-256 and counts of every input.
    pub inputs: Value,
    /// What was tested of what the estimate rests on.
    pub checks: Vec<Check>,
    /// What a reader must know.
    pub diagnostics: Vec<Diagnostic>,
}

impl Summary {
    /// The summary of a study with all its replicates and intervals in order.
    pub fn of_study(
        study: &Study,
        replicates: &[StudyReplicate],
        intervals: &[Interval],
        context: Context,
    ) -> Self {
        let analysis = study.analysis();
        let shares = study.shares(replicates, intervals);
        let priors = priors(study, &shares);
        let checks = study.checks(replicates);
        let dispersion = study.dispersion(replicates);
        let mut diagnostics = context.diagnostics;
        diagnostics.extend(study.diagnostics(&checks, dispersion));
        let with_unknown = shares.unknown;
        let estimate = &analysis.estimate;
        let calibration = analysis.calibration();
        Self {
            schema_version: SCHEMA_VERSION,
            method: "labelshift",
            verdict: verdict(
                shares.expected_error,
                with_unknown.as_ref().map(|record| &record.share),
                &checks,
                &diagnostics,
            ),
            tool: context.tool,
            created: context.created,
            config: context.config,
            categories: analysis.problem.taxonomy().names().to_vec(),
            unit: study.unit(),
            priors,
            shares: SharesByUnit { documents: shares.documents, tokens: shares.tokens },
            document_lengths: study.lengths().cloned(),
            unknown: with_unknown.as_ref().map(|record| record.share.clone()),
            categories_with_unknown: with_unknown.as_ref().map(|_| names_with_unknown(analysis)),
            priors_with_unknown: with_unknown.map(|record| record.with_unknown),
            estimator: EstimatorRecord {
                name: estimate.estimator.name().to_owned(),
                certificate: estimate.certificate,
                iterations: estimate.iterations,
                termination: estimate.termination,
                dispersion,
                calibration: CalibrationRecord {
                    method: analysis.options.calibration,
                    slope: calibration.slope,
                    biases: calibration.biases.clone(),
                },
            },
            confusion_matrix: rows(&analysis.hard_confusion.rows_by_true_class()),
            confusion_counts: rows(analysis.hard_confusion.counts()),
            soft_confusion_matrix: rows(&analysis.soft_confusion.rows_by_true_class()),
            pbar: analysis.soft_means.clone(),
            expected_pbar: analysis.explained_means.clone(),
            decided_shares: analysis.hard_shares.clone(),
            decisions: study.decisions(),
            val_metrics: (&analysis.validation).into(),
            inputs: context.inputs,
            checks,
            diagnostics,
        }
    }

    /// The JSON text, indented, ending in a new line.
    pub fn to_json(&self) -> String {
        json_text(self)
    }

    /// The estimate as a table.
    pub fn shares_table(&self) -> SharesTable<'_> {
        let priors = &self.priors;
        SharesTable {
            caption: "Estimated mixture",
            categories: &self.categories,
            unit: self.unit.name(),
            point: Some(&priors.point),
            ci_lo: priors.ci_lo.as_deref(),
            ci_hi: priors.ci_hi.as_deref(),
        }
    }

    /// The share of no category in a sentence, where it was asked for.
    pub fn unknown_sentence(&self) -> Option<String> {
        let unknown = self.unknown.as_ref()?;
        let ends = unknown.ci_lo.zip(unknown.ci_hi).map_or_else(String::new, |(lo, hi)| {
            format!(" (interval {:.1} to {:.1} %)", 100.0 * lo, 100.0 * hi)
        });
        let share = 100.0 * unknown.share;
        Some(format!(
            "{share:.1} % of the texts belong to no category{ends}, if {}; the shares above are those among the rest",
            unknown.assumption
        ))
    }

    /// The intervals, if there are any.
    pub fn intervals(&self) -> Option<Vec<Interval>> {
        self.priors.intervals()
    }

    /// What the run's plots show.
    pub fn figures<'run>(
        &'run self,
        name: &'run str,
        intervals: Option<&'run [Interval]>,
    ) -> LabelshiftFigures<'run> {
        LabelshiftFigures {
            name,
            categories: &self.categories,
            unit: self.unit,
            estimate: &self.priors.point,
            intervals,
            confusion_matrix: &self.confusion_matrix,
            decisions: &self.decisions,
        }
    }
}

/// The name under which the share of no category stands.
pub const UNKNOWN: &str = "Unknown";

fn names_with_unknown(analysis: &LabelShift) -> Vec<String> {
    let names = analysis.problem.taxonomy().names().iter().cloned();
    names.chain(std::iter::once(UNKNOWN.to_owned())).collect()
}

fn priors(study: &Study, shares: &StudyShares) -> Priors {
    let in_tokens = shares.tokens.as_ref().filter(|_| study.unit() == Unit::Tokens);
    let shown = in_tokens.unwrap_or(&shares.documents).clone();
    Priors::new(shown, study.options().level, &shares.replicates)
}

fn rows(matrix: &Matrix) -> Vec<Vec<f64>> {
    matrix.rows().map(<[f64]>::to_vec).collect()
}

impl From<&ValidationMetrics> for ValidationRecord {
    fn from(metrics: &ValidationMetrics) -> Self {
        Self {
            val_acc: metrics.accuracy,
            macro_f1: metrics.macro_f1,
            nll: [metrics.nll_before, metrics.nll_after],
            ece: [metrics.ece_before, metrics.ece_after],
            n_docs: metrics.n_docs.clone(),
        }
    }
}
