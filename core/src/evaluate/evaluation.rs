//! Runs scored against a ground truth: the one object that text, JSON, report and page are made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::run_account::RunAccount;
use crate::evaluate::alignment::{AlignOptions, Aligned, align};
use crate::evaluate::baselines::Baselines;
use crate::evaluate::comparison::{self, Comparable, USUAL_LEVEL};
use crate::evaluate::metrics::{Metrics, overlap_accuracy};
use crate::evaluate::unidentified::UnidentifiedView;
use crate::evaluate::units::{self, InUnit};
use crate::files::record::json_text;
use crate::files::run::{Run, StoredAnswer, UnidentifiedRun, free_name};
use crate::files::spec::{self, Source, Spec};
use crate::messages::diagnostic::Diagnostic;
use crate::messages::input_error::InputError;
use crate::numeric::interval::Interval;
use crate::shares::unit::Unit;

pub use crate::evaluate::run_evaluation::{Against, RunEvaluation};

/// The version of the evaluation's JSON form.
pub const SCHEMA_VERSION: u64 = 1;

/// The tolerance on a share that is used when none is given: 2 percentage points.
pub const DEFAULT_TOLERANCE: f64 = 0.02;

/// How to score.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluateOptions {
    /// The error of a share that counts as within tolerance.
    pub tolerance: f64,
    /// How run and ground truth are put on the same categories.
    pub align: AlignOptions,
    /// Name of the run that the others are compared with.
    pub baseline: Option<String>,
    /// The unit to score runs in, whatever the ground truth counts; none: that of the ground truth.
    pub unit: Option<Unit>,
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        let align = AlignOptions::default();
        Self { tolerance: DEFAULT_TOLERANCE, align, baseline: None, unit: None }
    }
}

/// The program that computed an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `data-anatomy`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Tool {
    /// This program.
    pub(super) fn this() -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { name: "data-anatomy".to_owned(), version }
    }
}

/// The ground truth as an evaluation shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpecView {
    /// Name to call it by.
    pub id: String,
    /// Name of the model.
    pub name: String,
    /// What the shares are shares of, where the file says so.
    pub unit: Option<spec::Unit>,
    /// Where the figures were published, where the file says so.
    pub source: Option<Source>,
    /// Version of the figures.
    pub version: Option<String>,
    /// Share of the training mass that the categories leave out, if known.
    pub not_covered: Option<f64>,
    /// What a reader of the figures must know.
    pub notes: Option<String>,
    /// SHA-256 of the file.
    pub sha256: String,
}

impl From<&Spec> for SpecView {
    fn from(spec: &Spec) -> Self {
        let Spec { id, name, unit, source, version, not_covered, notes, sha256, .. } = spec.clone();
        Self { id, name, unit, source, version, not_covered, notes, sha256 }
    }
}

/// Runs scored against one ground truth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Version of this form.
    pub schema_version: u64,
    /// The program that computed it.
    pub tool: Tool,
    /// The ground truth.
    pub spec: SpecView,
    /// The error of a share that counts as within tolerance.
    pub tolerance: f64,
    /// The runs, in the order given.
    pub runs: Vec<RunEvaluation>,
    /// Name of the run that is closer to the truth than each of the others, by paired tests; none where these tell
    /// no clear difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closest: Option<String>,
    /// Runs that found no mixture, which are not scored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unidentified: Vec<UnidentifiedView>,
}

impl Evaluation {
    /// The evaluation of `runs` against `spec`.
    ///
    /// # Errors
    /// If a run cannot be aligned with the spec, or has only another unit.
    pub fn new(runs: &[Run], spec: &Spec, options: &EvaluateOptions) -> Result<Self, InputError> {
        let mut evaluator = Evaluator::new(spec, options);
        for run in runs {
            evaluator.add(run)?;
        }
        Ok(evaluator.finish())
    }

    /// The JSON text, two-space indented, ending in a new line; the same bytes from the command line
    /// and from the page.
    pub fn to_json(&self) -> String {
        json_text(self)
    }
}

/// Scores runs one by one, so that none of them needs to be kept.
#[derive(Debug)]
pub struct Evaluator<'spec> {
    spec: &'spec Spec,
    options: &'spec EvaluateOptions,
    baselines: BTreeMap<Vec<String>, Baselines>,
    runs: Vec<RunEvaluation>,
    unidentified: Vec<UnidentifiedView>,
    /// What comparing runs needs of each.
    comparable: Vec<Comparable>,
}

impl<'spec> Evaluator<'spec> {
    /// An evaluator without runs.
    pub fn new(spec: &'spec Spec, options: &'spec EvaluateOptions) -> Self {
        Self {
            spec,
            options,
            baselines: BTreeMap::new(),
            runs: Vec::new(),
            unidentified: Vec::new(),
            comparable: Vec::new(),
        }
    }

    /// Takes up one more run, whatever it answers.
    ///
    /// # Errors
    /// If it has a mixture that cannot be aligned with the spec, or only one in another unit.
    pub fn take(&mut self, answer: &StoredAnswer) -> Result<(), InputError> {
        match answer {
            StoredAnswer::Mixture(run) => self.add(run),
            StoredAnswer::Unidentified(run) => {
                self.add_unidentified(run);
                Ok(())
            }
        }
    }

    /// Takes up a run that found no mixture.
    pub fn add_unidentified(&mut self, run: &UnidentifiedRun) {
        let view = UnidentifiedView::named_apart(run, |name| self.is_run(name));
        self.unidentified.push(view);
    }

    fn is_run(&self, name: &str) -> bool {
        self.runs.iter().any(|run| run.name == name)
            || self.unidentified.iter().any(|run| run.name == name)
    }

    /// Scores one more run.
    ///
    /// # Errors
    /// If it cannot be aligned with the spec, or has only another unit.
    pub fn add(&mut self, run: &Run) -> Result<(), InputError> {
        let InUnit { run, diagnostics: unit_doubts } =
            units::in_unit_of(self.spec, run, self.options.unit)?;
        let aligned = align(&run, self.spec, &self.options.align)?;
        let baselines = self.baselines_for(&aligned);
        let metrics = Metrics::new(
            &aligned.estimate,
            &aligned.ground_truth,
            aligned.intervals.as_deref(),
            self.options.tolerance,
            baselines.best(),
        );
        let name = free_name(&run, |name| self.is_run(name));
        let accuracies = replicate_accuracies(&aligned);
        let mut diagnostics = run.diagnostics.clone();
        diagnostics.extend(unit_doubts);
        diagnostics.extend(aligned.diagnostics.iter().cloned());
        diagnostics.extend(self.doubts(&metrics, &baselines));
        self.runs.push(RunEvaluation {
            name,
            method: run.method.clone(),
            unit: run.unit,
            sha256: run.sha256.clone(),
            overlap_accuracy_ci: Interval::central(&accuracies, run.level.unwrap_or(USUAL_LEVEL)),
            scheme: aligned.scheme,
            ground_truth: aligned.ground_truth,
            estimate: aligned.estimate,
            intervals: aligned.intervals,
            level: run.level,
            metrics,
            baselines,
            missing_as_zero: aligned.missing_as_zero,
            against: None,
            member_shares: run.member_shares.clone(),
            account: RunAccount::of(&run.provenance),
            diagnostics,
            verdict: run.verdict.clone(),
        });
        let with_predictions = self.options.baseline.is_some();
        self.comparable.push(Comparable::new(&run, accuracies, with_predictions));
        Ok(())
    }

    /// The evaluation of all runs added. A baseline run that was not added is passed over.
    pub fn finish(mut self) -> Evaluation {
        if let Some(name) = &self.options.baseline {
            comparison::compare_with(name, &mut self.runs, &self.comparable);
        }
        self.doubt_mixed_schemes();
        let closest = comparison::closest(&self.runs, &self.comparable);
        Evaluation {
            schema_version: SCHEMA_VERSION,
            tool: Tool::this(),
            spec: self.spec.into(),
            tolerance: self.options.tolerance,
            runs: self.runs,
            closest,
            unidentified: self.unidentified,
        }
    }

    /// Says of each run on other categories than the first run's that the two do not compare, and
    /// what would make them.
    fn doubt_mixed_schemes(&mut self) {
        let Some((first, others)) = self.runs.split_first_mut() else { return };
        for run in others.iter_mut().filter(|run| run.scheme.categories != first.scheme.categories)
        {
            let merges = run.scheme.merged.iter().chain(&first.scheme.merged);
            let flags: Vec<String> = merges
                .map(|merged| format!("--merge {}={}", merged.from.join("+"), merged.into))
                .collect();
            let remedy = match flags.as_slice() {
                [] => "choose one view with --merge".to_owned(),
                flags => format!("add {}", flags.join(" ")),
            };
            let message = format!(
                "scored on other categories than {}: a coarser view scores higher by itself, so \
                 the two do not compare; {remedy}",
                first.name
            );
            run.diagnostics.push(Diagnostic::warning("different_categories", message));
        }
    }

    /// The baselines of this scheme, computed once for all runs that share it.
    fn baselines_for(&mut self, aligned: &Aligned) -> Baselines {
        let scheme = &aligned.scheme;
        let entry = self.baselines.entry(scheme.categories.clone());
        let compute =
            || Baselines::new(self.spec, scheme, &aligned.ground_truth, &self.options.align);
        entry.or_insert_with(compute).clone()
    }

    fn doubts(&self, metrics: &Metrics, baselines: &Baselines) -> Vec<Diagnostic> {
        let mut doubts = Vec::new();
        if metrics.skill.is_some_and(|skill| skill <= 0.0) {
            doubts.push(Diagnostic::warning(
                "no_skill",
                format!(
                    "overlap accuracy {:.1} % is no better than the best trivial guess ({:.1} %)",
                    100.0 * metrics.overlap_accuracy,
                    100.0 * baselines.best()
                ),
            ));
        }
        if let Some(share) = self.spec.not_covered.filter(|share| *share >= 0.01) {
            doubts.push(Diagnostic::note(
                "truth_not_covered",
                format!(
                    "the categories leave out {:.1} % of the training data of {}; scores speak of \
                     the rest",
                    100.0 * share,
                    self.spec.name
                ),
            ));
        }
        doubts
    }
}

/// The overlap accuracy of each bootstrap replicate; none of them where the run stores none.
fn replicate_accuracies(aligned: &Aligned) -> Vec<f64> {
    let rows = aligned.replicates.as_deref().unwrap_or_default();
    rows.iter().map(|row| overlap_accuracy(row, &aligned.ground_truth)).collect()
}
