//! `labelshift`: from reference documents and generated texts to an estimated mixture.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use data_anatomy_core::bootstrap::{Bootstrap, Replicate};
use data_anatomy_core::calibration::CalibrationMethod;
use data_anatomy_core::diagnostic::Diagnostic;
use data_anatomy_core::estimate::Estimator;
use data_anatomy_core::estimate::label_shift::{LabelShift, LabelShiftOptions, analyze};
use data_anatomy_core::math;
use data_anatomy_core::predictions::Prediction;
use data_anatomy_core::report;
use data_anatomy_core::summary::{Context, Summary, ToolRecord, Uncertainty};
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::args::{CalibrationKind, EstimatorKind, LabelshiftArgs};
use crate::exit::Outcome;
use crate::files;
use crate::labelshift::outputs;
use crate::labelshift::run::Run;
use crate::progress::Progress;

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
    let analysis = analyze(run.predicted.problem(&run.references.taxonomy)?, options(args));
    let bootstrap = Bootstrap::new(&analysis, args.seed);
    let replicates = replicates(&bootstrap, args.n_boot, progress);
    let uncertainty =
        Uncertainty { bootstrap: &bootstrap, replicates: &replicates, level: args.level };
    let mut record = run.record();
    let mut diagnostics = run.doubts();
    if let Some(without) = without_repetition(&run, &analysis)? {
        record["repetition"] = without.record();
        diagnostics.push(without.doubt());
    }
    let context = Context {
        tool: ToolRecord {
            name: "data-anatomy".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: env!("DATA_ANATOMY_COMMIT").to_owned(),
        },
        created: humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string(),
        config: config(args)?,
        inputs: record,
        diagnostics,
    };
    let summary = Summary::of_labelshift(&analysis, Some(&uncertainty), context);
    outputs::write(&folder, args, &summary, &run.predicted)?;
    progress.say(&format!("written to {}", folder.display()));
    let outcome = if run.is_partial() { Outcome::PartlyDone } else { Outcome::Done };
    Ok((summary, outcome))
}

fn replicates(bootstrap: &Bootstrap<'_>, n_boot: usize, progress: &Progress) -> Vec<Replicate> {
    let stage = "bootstrap";
    let done = AtomicUsize::new(0);
    let numbers = 0..n_boot as u64;
    numbers
        .into_par_iter()
        .map(|index| {
            let replicate = bootstrap.replicate(index);
            let done = 1 + done.fetch_add(1, Ordering::Relaxed);
            progress.at(stage, done, Some(n_boot));
            replicate
        })
        .collect()
}

fn options(args: &LabelshiftArgs) -> LabelShiftOptions {
    let estimator = match args.estimator {
        _ if args.naive => Estimator::Counting,
        EstimatorKind::Em => Estimator::Em,
        EstimatorKind::Pacc => Estimator::Pacc,
        EstimatorKind::Acc => Estimator::Acc,
        EstimatorKind::Counting => Estimator::Counting,
        EstimatorKind::Seed => Estimator::Seed,
    };
    let calibration = match args.calibration.map() {
        CalibrationKind::None => CalibrationMethod::None,
        CalibrationKind::Temperature => CalibrationMethod::Temperature,
        CalibrationKind::Bcts => CalibrationMethod::BiasCorrected,
    };
    LabelShiftOptions { estimator, calibration }
}

/// The most replicates of a bootstrap: each is kept until the end.
const MAX_REPLICATES: usize = 100_000;

fn check(args: &LabelshiftArgs) -> anyhow::Result<()> {
    args.recipe()?;
    args.drawing.drawing(args.seed).check()?;
    let val_fraction = args.val_fraction(args.sources()?);
    anyhow::ensure!(
        val_fraction > 0.0 && val_fraction < 1.0,
        "--val-fraction: expected a share between 0 and 1, found {val_fraction}"
    );
    anyhow::ensure!(
        args.level > 0.0 && args.level < 1.0,
        "--level: expected a level between 0 and 1, found {}",
        args.level
    );
    let is_name = |name: &str| !name.is_empty() && name != "." && name != "..";
    anyhow::ensure!(
        is_name(&args.run_name)
            && !args.run_name.contains(|character: char| {
                matches!(character, '/' | '\\') || character.is_control()
            }),
        "--run-name: expected the name of a folder, found `{}`; the folder it is made in is \
         --output-dir",
        args.run_name
    );
    anyhow::ensure!(
        args.n_boot != 1 && args.n_boot <= MAX_REPLICATES,
        "--n-boot: expected 0 for no intervals, or from 2 to {MAX_REPLICATES} replicates (500 are \
         plenty), found {}",
        args.n_boot
    );
    Ok(())
}

/// Every setting, by the name of its flag.
fn config(args: &LabelshiftArgs) -> anyhow::Result<Map<String, Value>> {
    let shown = |path: &PathBuf| path.display().to_string();
    let options = options(args);
    let sources = args.sources()?;
    let mut config = json!({
        "local_samples_dir": shown(&args.local_samples_dir),
        "use_cached_generations": args.use_cached_generations.as_ref().map(shown),
        "target_model": args.author.model.target_model,
        "hf_revision": args.author.model.hf_revision,
        "num_prompts": args.num_prompts,
        "merge_web": args.merge_web,
        "max_per_class": args.max_per_class,
        "val_fraction": args.val_fraction(sources),
        "validation_dir": args.split.validation_dir.as_ref().map(shown),
        "near_dup": args.split.near_dup,
        "length_match": args.split.length_match.name(),
        "window": args.split.window,
        "unit": args.unit.unit(),
        "document_lengths": args.document_lengths.as_ref().map(shown),
        "training_source": sources.training.name(),
        "calibration_source": sources.calibration.name(),
        "classifier": args.classifier.name(),
        "load_classifier": args.load_classifier.as_ref().map(shown),
        "estimator": options.estimator,
        "calibration": options.calibration,
        "n_boot": args.n_boot,
        "level": args.level,
        "seed": args.seed,
        "run_name": args.run_name,
    });
    if args.makes_texts() || sources.need_echoes() {
        config["drawing"] = drawing(args)?;
    }
    if sources.need_echoes() {
        config["echo_prefix"] = args.echo.echo_prefix.into();
        config["num_echoes"] = args.echo.num_echoes.into();
    }
    Ok(config.as_object().cloned().unwrap_or_default())
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
    analysis: &LabelShift,
) -> anyhow::Result<Option<WithoutRepetition>> {
    let texts = run.predicted.generations.iter().zip(&run.repetitive);
    let others: Vec<&Prediction> =
        texts.filter(|(_, repetitive)| !**repetitive).map(|(text, _)| text).collect();
    let n_texts = run.repetitive.len();
    let n_repetitive = n_texts - others.len();
    if n_repetitive == 0 {
        return Ok(None);
    }
    let mut without = WithoutRepetition { n_repetitive, n_texts, estimate: None, moved: 0.0 };
    if !others.is_empty() {
        let taxonomy = &run.references.taxonomy;
        let problem = run.predicted.problem_of(taxonomy, &others)?;
        let estimate = analyze(problem, analysis.options).estimate;
        let (all, left) = (analysis.estimate.mixture.shares(), estimate.mixture.shares());
        without.moved = math::total_variation(all, left);
        let named = taxonomy.names().iter().cloned().zip(left.iter().copied());
        without.estimate = Some(named.collect());
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
fn print(summary: &Summary) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    write!(out, "{}", summary.table().to_text())?;
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
