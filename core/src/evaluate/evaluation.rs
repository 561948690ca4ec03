//! Runs scored against a ground truth: the one object that text, JSON, report and page are made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evaluate::alignment::{AlignOptions, Aligned, Scheme, align};
use crate::evaluate::baselines::Baselines;
use crate::evaluate::metrics::{Metrics, overlap_accuracy};
use crate::evaluate::paired::{self, PairedComparison};
use crate::files::predictions::Prediction;
use crate::files::record::json_text;
use crate::files::run::{Dialect, MemberShare, Run};
use crate::files::spec::{Source, Spec, Unit};
use crate::messages::diagnostic::Diagnostic;
use crate::messages::input_error::InputError;
use crate::numeric::interval::Interval;
use crate::shares::unit;

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
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        Self { tolerance: DEFAULT_TOLERANCE, align: AlignOptions::default(), baseline: None }
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

/// The ground truth as an evaluation shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpecView {
    /// Name to call it by.
    pub id: String,
    /// Name of the model.
    pub name: String,
    /// What the shares are shares of, where the file says so.
    pub unit: Option<Unit>,
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

/// One run's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunEvaluation {
    /// Name of the run; a number is added where two runs have the same.
    pub name: String,
    /// The method that made the estimate, where the file says so.
    pub method: Option<String>,
    /// What its shares are shares of, where the file says so: `documents` or `tokens`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// SHA-256 of the run's file.
    pub sha256: String,
    /// The categories compared, and what was joined to get there.
    pub scheme: Scheme,
    /// Published shares, in scheme order.
    pub ground_truth: Vec<f64>,
    /// Estimated shares, in scheme order.
    pub estimate: Vec<f64>,
    /// Intervals of the estimate, in scheme order, where the run has any.
    pub intervals: Option<Vec<Interval>>,
    /// The level of the intervals, where the run says so.
    pub level: Option<f64>,
    /// Every metric.
    pub metrics: Metrics,
    /// The central interval of the overlap accuracy over the run's bootstrap replicates.
    pub overlap_accuracy_ci: Option<Interval>,
    /// What trivial guesses score.
    pub baselines: Baselines,
    /// Categories that the run lacks and that were counted as 0.
    pub missing_as_zero: Vec<String>,
    /// The comparison with the baseline run, where one was chosen and it is another.
    pub against: Option<Against>,
    /// The share of members in each of the run's own categories, for a membership run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_shares: Vec<MemberShare>,
    /// Doubts: the run's own, then those of the comparison.
    pub diagnostics: Vec<Diagnostic>,
}

/// One run beside the baseline run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Against {
    /// Name of the baseline run.
    pub baseline: String,
    /// Overlap accuracy minus the baseline run's; none where the two are scored on different
    /// categories, for a coarser view scores higher by itself.
    pub overlap_accuracy_difference: Option<f64>,
    /// Its central interval over bootstrap replicates; only where both runs' replicates drew the
    /// same documents and texts.
    pub overlap_accuracy_difference_ci: Option<Interval>,
    /// The two classifiers on the validation documents that both runs have, the baseline's first;
    /// only where the predictions of both were read.
    pub classifiers: Option<PairedComparison>,
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
}

impl Evaluation {
    /// The evaluation of `runs` against `spec`.
    ///
    /// # Errors
    /// If a run cannot be aligned with the spec.
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
    names: BTreeMap<String, usize>,
    runs: Vec<RunEvaluation>,
    /// What comparing with a baseline run needs; empty where none is chosen.
    comparable: Vec<Comparable>,
}

/// What is kept of a run to compare it with another.
#[derive(Debug)]
struct Comparable {
    classes: Vec<String>,
    predictions: Vec<Prediction>,
    resampling: Option<String>,
    /// Overlap accuracy of each replicate.
    accuracies: Vec<f64>,
}

impl<'spec> Evaluator<'spec> {
    /// An evaluator without runs.
    pub fn new(spec: &'spec Spec, options: &'spec EvaluateOptions) -> Self {
        Self {
            spec,
            options,
            baselines: BTreeMap::new(),
            names: BTreeMap::new(),
            runs: Vec::new(),
            comparable: Vec::new(),
        }
    }

    /// Scores one more run.
    ///
    /// # Errors
    /// If it cannot be aligned with the spec.
    pub fn add(&mut self, run: &Run) -> Result<(), InputError> {
        let aligned = align(run, self.spec, &self.options.align)?;
        let baselines = self.baselines_for(&aligned);
        let metrics = Metrics::new(
            &aligned.estimate,
            &aligned.ground_truth,
            aligned.intervals.as_deref(),
            self.options.tolerance,
            baselines.best(),
        );
        let name = self.unique(&run.name);
        let accuracies = replicate_accuracies(&aligned);
        let mut diagnostics = run.diagnostics.clone();
        diagnostics.extend(aligned.diagnostics.iter().cloned());
        diagnostics.extend(self.doubts(&metrics, &baselines));
        diagnostics.extend(self.unit_doubt(run));
        self.runs.push(RunEvaluation {
            name,
            method: run.method.clone(),
            unit: run.unit.clone(),
            sha256: run.sha256.clone(),
            overlap_accuracy_ci: Interval::central(&accuracies, run.level.unwrap_or(0.95)),
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
            diagnostics,
        });
        if self.options.baseline.is_some() {
            self.comparable.push(Comparable {
                classes: run.taxonomy.names().to_vec(),
                predictions: run.predictions.clone(),
                resampling: run.resampling.clone(),
                accuracies,
            });
        }
        Ok(())
    }

    /// The evaluation of all runs added. A baseline run that was not added is passed over.
    pub fn finish(mut self) -> Evaluation {
        self.compare_with_baseline();
        self.doubt_mixed_schemes();
        Evaluation {
            schema_version: SCHEMA_VERSION,
            tool: Tool {
                name: "data-anatomy".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            spec: self.spec.into(),
            tolerance: self.options.tolerance,
            runs: self.runs,
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

    fn compare_with_baseline(&mut self) {
        let Some(wanted) = &self.options.baseline else { return };
        let Some(at) = self.runs.iter().position(|run| run.name == *wanted) else { return };
        let (baseline, accuracy) = (&self.comparable[at], self.runs[at].metrics.overlap_accuracy);
        let categories = self.runs[at].scheme.categories.clone();
        for (index, run) in self.runs.iter_mut().enumerate().filter(|(index, _)| *index != at) {
            let own = &self.comparable[index];
            let level = run.level.unwrap_or(0.95);
            let same_scheme = run.scheme.categories == categories;
            let difference = run.metrics.overlap_accuracy - accuracy;
            let differences = own.differences_to(baseline).filter(|_| same_scheme);
            let same_classes = own.classes == baseline.classes;
            let classifiers = paired::compare(
                (&baseline.predictions, &baseline.classes),
                (&own.predictions, &own.classes),
            );
            run.against = Some(Against {
                baseline: wanted.clone(),
                overlap_accuracy_difference: same_scheme.then_some(difference),
                overlap_accuracy_difference_ci: differences
                    .and_then(|differences| Interval::central(&differences, level)),
                classifiers: classifiers.filter(|_| same_classes),
            });
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

    fn unique(&mut self, name: &str) -> String {
        let seen = self.names.entry(name.to_owned()).or_insert(0);
        *seen += 1;
        if *seen == 1 { name.to_owned() } else { format!("{name} ({seen})") }
    }

    /// A generated text is a draw of documents; most ground truths count tokens.
    fn unit_doubt(&self, run: &Run) -> Option<Diagnostic> {
        let unit = self.spec.unit?;
        let in_tokens = run.unit.as_deref() == Some(unit::Unit::Tokens.name());
        if unit == Unit::Documents {
            let message = "the run gives shares of tokens, the ground truth of documents: \
                           `data-anatomy reestimate RUN --unit documents` gives those";
            return in_tokens.then(|| Diagnostic::warning("different_units", message));
        }
        let counted = match run.method.as_deref() {
            _ if in_tokens || run.dialect == Dialect::SeedMembership => None,
            None | Some("labelshift") => Some("texts"),
            Some("openings") => Some("documents"),
            Some(_) => None,
        }?;
        let message = format!(
            "the run counts {counted}, the ground truth {unit}: categories of long documents, such as \
             books, seem smaller than they are"
        );
        Some(Diagnostic::note("different_units", message))
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

impl Comparable {
    /// The differences of accuracy in the same resampled worlds, if the worlds are the same.
    fn differences_to(&self, baseline: &Self) -> Option<Vec<f64>> {
        let same = self.resampling.is_some() && self.resampling == baseline.resampling;
        let paired = same && self.accuracies.len() == baseline.accuracies.len();
        let pairs = self.accuracies.iter().zip(&baseline.accuracies);
        paired.then(|| pairs.map(|(own, other)| own - other).collect())
    }
}
