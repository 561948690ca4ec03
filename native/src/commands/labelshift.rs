//! `labelshift`: from reference documents and a model's texts to an estimated mixture.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use data_anatomy_core::evaluate::report;
use data_anatomy_core::files::record::Context;
use data_anatomy_core::label_shift::analysis::{LabelShift, analyze};
use data_anatomy_core::label_shift::estimate::Estimator;
use data_anatomy_core::label_shift::reestimate::Choices;
use data_anatomy_core::label_shift::study::{Study, StudyReplicate, merged_lengths};
use data_anatomy_core::label_shift::summary::Summary;
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_core::numeric::interval::Interval;
use data_anatomy_core::numeric::math;
use data_anatomy_core::shares::merge::Merge;
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::args::LabelshiftArgs;
use crate::exit::Outcome;
use crate::files;
use crate::labelshift::outputs;
use crate::labelshift::run::Run;
use crate::progress::Progress;
use crate::tool;

pub(super) fn run(args: &LabelshiftArgs) -> anyhow::Result<Outcome> {
    check(args)?;
    let progress = Progress::new(args.quiet);
    let without_effect = args.drawing.given();
    if !args.makes_texts() && !args.sources()?.need_echoes() && !without_effect.is_empty() {
        progress.say(&format!("without effect on given texts: {}", without_effect.join(" ")));
    }
    let threads = rayon::ThreadPoolBuilder::new().num_threads(args.n_jobs).build();
    let threads = threads.context("--n-jobs: cannot start the threads")?;
    let (summary, outcome) = threads.install(|| estimate(args, &progress))?;
    if args.json {
        write!(std::io::stdout().lock(), "{}", summary.to_json())?;
    } else {
        print(&summary)?;
    }
    Ok(outcome)
}

/// The run; everything is written to its folder.
fn estimate(args: &LabelshiftArgs, progress: &Progress) -> anyhow::Result<(Summary, Outcome)> {
    let folder = args.output_dir.join(&args.run_name);
    files::make_folder(&folder)?;
    let run = Run::new(args, &folder, progress)?;
    let mut options = choices(args).study_options()?;
    let merges = std::mem::take(&mut options.merges);
    let (taxonomy, lengths) = (&run.references.taxonomy, run.lengths.as_ref().ok());
    // Stored joined, so that the verdicts fit the summary beside them.
    let whole = run.predicted.verdicts(taxonomy, |_| true);
    let verdicts = whole.merged(&merges)?;
    let lengths = lengths.map(|known| merged_lengths(&whole, &verdicts, &known.lengths));
    let mut record = run.record();
    let mut diagnostics = run.doubts();
    let study = Study::new(&verdicts, lengths.as_ref(), options)?;
    if let Some(without) = without_repetition(&run, &merges, study.analysis())? {
        record["repetition"] = without.record();
        diagnostics.push(without.doubt());
    }
    let (replicates, intervals) = carry_out(&study, progress);
    let context = Context {
        tool: tool::record(),
        created: Some(tool::now()),
        config: config(args)?,
        inputs: record,
        diagnostics,
    };
    let summary = Summary::of_study(&study, &replicates, &intervals, context);
    outputs::write(&folder, args, &summary, &verdicts.predictions)?;
    progress.say(&format!("written to {}", folder.display()));
    let outcome = if run.is_partial() { Outcome::PartlyDone } else { Outcome::Done };
    Ok((summary, outcome))
}

/// All replicates and intervals of a study, in order, made on all threads.
pub(super) fn carry_out(
    study: &Study,
    progress: &Progress,
) -> (Vec<StudyReplicate>, Vec<Interval>) {
    let n_replicates = usize::try_from(study.options().n_replicates).unwrap_or(usize::MAX);
    let done = AtomicUsize::new(0);
    let told = |stage: &str, total: usize| {
        let done = 1 + done.fetch_add(1, Ordering::Relaxed);
        progress.at(stage, done, Some(total));
    };
    let replicates: Vec<StudyReplicate> = (0..study.options().n_replicates)
        .into_par_iter()
        .map(|index| {
            let replicate = study.replicate(index);
            told("bootstrap", n_replicates);
            replicate
        })
        .collect();
    done.store(0, Ordering::Relaxed);
    let intervals = (0..study.n_intervals())
        .into_par_iter()
        .map(|class| {
            let interval = study.interval(class, &replicates);
            told("intervals", study.n_intervals());
            interval
        })
        .collect();
    (replicates, intervals)
}

/// What is to be estimated, in core's terms.
fn choices(args: &LabelshiftArgs) -> Choices {
    Choices {
        estimator: if args.naive { Estimator::Counting.into() } else { args.estimator.into() },
        calibration: args.calibration.map().into(),
        merge: args.view_of_study.merge.clone(),
        unit: args.unit.into(),
        unknown: args.view_of_study.unknown,
        unknown_threshold: args.view_of_study.unknown_threshold,
        level: args.level,
        n_boot: args.n_boot as u64,
        seed: args.seed,
    }
}

fn check(args: &LabelshiftArgs) -> anyhow::Result<()> {
    args.recipe()?;
    args.drawing.drawing(args.seed).check()?;
    let val_fraction = args.val_fraction(args.sources()?);
    anyhow::ensure!(
        val_fraction > 0.0 && val_fraction < 1.0,
        "--val-fraction: expected a share between 0 and 1, found {val_fraction}"
    );
    choices(args).study_options()?;
    super::check_run_name(&args.run_name)
}

/// Every setting, by the name of its flag.
fn config(args: &LabelshiftArgs) -> anyhow::Result<Map<String, Value>> {
    let shown = |path: &PathBuf| path.display().to_string();
    let choices = choices(args);
    let sources = args.sources()?;
    let mut config = json!({
        "local_samples_dir": shown(&args.local_samples_dir),
        "use_cached_generations": args.use_cached_generations.as_ref().map(shown),
        "target_model": args.author.model.target_model,
        "hf_revision": args.author.model.hf_revision,
        "num_prompts": args.num_prompts,
        "merge_web": args.merge_web,
        "max_per_class": args.max_per_class,
        "cross_fit": args.split.cross_fit,
        "val_fraction": args.split.val_fraction,
        "validation_dir": args.split.validation_dir.as_ref().map(shown),
        "near_dup": args.split.near_dup,
        "length_match": args.split.length_match.name(),
        "window": args.split.window,
        "document_lengths": args.document_lengths.as_ref().map(shown),
        "training_source": sources.training.name(),
        "calibration_source": sources.calibration.name(),
        "classifier": args.classifier.name(),
        "load_classifier": args.trained_classifier().map(|path| path.display().to_string()),
        "estimator": choices.estimator,
        "calibration": choices.calibration,
        "merge": choices.merge,
        "unit": choices.unit,
        "unknown": choices.unknown,
        "unknown_threshold": choices.unknown_threshold,
        "n_boot": choices.n_boot,
        "level": choices.level,
        "seed": choices.seed,
        "run_name": args.run_name,
    });
    if args.makes_texts() || sources.need_echoes() {
        config["drawing"] = drawing(args)?;
    }
    if sources.need_echoes() {
        config["echo_prefix"] = args.echo.echo_prefix.into();
        config["num_echoes"] = args.echo.num_echoes.into();
    }
    let mut config = config.as_object().cloned().unwrap_or_default();
    config.extend(args.recipe()?.settings());
    Ok(config)
}

/// Who writes texts, and how.
fn drawing(args: &LabelshiftArgs) -> anyhow::Result<Value> {
    let drawing = args.drawing.drawing(args.seed);
    Ok(json!({
        "endpoint": args.author.endpoint,
        "model": args.author.model_name,
        "half": args.author.model.half,
        "int8": args.author.model.int8,
        "n_texts": args.makes_texts().then(|| args.n_texts()),
        "prompts": args.drawing.prompts()?.description(),
        "max_new_tokens": drawing.max_new_tokens,
        "temperature": drawing.temperature,
        "top_p": drawing.top_p,
        "top_k": drawing.top_k,
    }))
}

/// What the estimate would be without texts that are one phrase over and over.
struct WithoutRepetition {
    n_repetitive: usize,
    n_texts: usize,
    /// By category, none where no text is left.
    estimate: Option<Vec<(String, f64)>>,
    /// Total variation between the two estimates.
    moved: f64,
}

/// The estimate without repetitive texts, if there are such.
fn without_repetition(
    run: &Run,
    merges: &[Merge],
    analysis: &LabelShift,
) -> anyhow::Result<Option<WithoutRepetition>> {
    let n_texts = run.repetitive.len();
    let n_repetitive = run.repetitive.iter().filter(|repetitive| **repetitive).count();
    if n_repetitive == 0 {
        return Ok(None);
    }
    let mut without = WithoutRepetition { n_repetitive, n_texts, estimate: None, moved: 0.0 };
    if n_repetitive < n_texts {
        let others =
            run.predicted.verdicts(&run.references.taxonomy, |index| !run.repetitive[index]);
        let others = others.merged(merges)?;
        let problem = others.problem(analysis.options.calibration)?;
        let left = analyze(problem, analysis.options).estimate.mixture.shares().to_vec();
        without.moved = math::total_variation(analysis.estimate.mixture.shares(), &left);
        without.estimate = Some(others.taxonomy.names().iter().cloned().zip(left).collect());
    }
    Ok(Some(without))
}

/// A move of the estimate that is worth a warning.
const LARGE_MOVE: f64 = 0.02;

impl WithoutRepetition {
    fn record(&self) -> Value {
        let estimate = self.estimate.as_ref().map(|shares| {
            let shares = shares.iter().map(|(name, share)| (name.clone(), json!(share)));
            shares.collect::<Map<String, Value>>()
        });
        json!({
            "n_repetitive": self.n_repetitive,
            "estimate_without": estimate,
            "moved": self.moved,
        })
    }

    fn doubt(&self) -> Diagnostic {
        let Self { n_repetitive, n_texts, moved, .. } = self;
        let message = match self.estimate {
            None => format!("all {n_texts} texts are one phrase over and over"),
            Some(_) => format!(
                "{n_repetitive} of {n_texts} texts are one phrase over and over; without them {:.1} % of the \
                 mixture moves",
                100.0 * moved
            ),
        };
        if self.estimate.is_none() || *moved > LARGE_MOVE {
            Diagnostic::warning("repetitive_generations", message)
        } else {
            Diagnostic::note("repetitive_generations", message)
        }
    }
}

/// What the classifier was measured on, in words.
fn measured_on(summary: &Summary) -> &'static str {
    match summary.config.get("calibration_source").and_then(Value::as_str) {
        Some("echo") => "echoes",
        Some("both") => "documents and echoes",
        _ => "validation documents",
    }
}

/// The estimate and its doubts, for a terminal.
pub(super) fn print(summary: &Summary) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    write!(out, "{}", summary.table().to_text())?;
    if let Some(sentence) = summary.unknown_sentence() {
        writeln!(out, "\n{sentence}")?;
    }
    let metrics = &summary.val_metrics;
    writeln!(
        out,
        "\nclassifier: {:.1} % of {} {} right, macro F1 {:.3}; estimator {}",
        100.0 * metrics.val_acc,
        metrics.n_docs.iter().sum::<usize>(),
        measured_on(summary),
        metrics.macro_f1,
        summary.estimator.name,
    )?;
    for diagnostic in &summary.diagnostics {
        writeln!(out, "{}", report::diagnostic_line(diagnostic))?;
    }
    Ok(())
}
