//! `labelshift`: from reference documents and generated texts to an estimated mixture.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use data_anatomy_core::bootstrap::{Bootstrap, Replicate};
use data_anatomy_core::calibration::CalibrationMethod;
use data_anatomy_core::estimate::Estimator;
use data_anatomy_core::estimate::label_shift::{LabelShiftOptions, analyze};
use data_anatomy_core::report;
use data_anatomy_core::summary::{Context, Summary, ToolRecord, Uncertainty};
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::args::{CalibrationKind, ClassifierKind, EstimatorKind, LabelshiftArgs};
use crate::exit::Outcome;
use crate::files;
use crate::labelshift::inputs::Inputs;
use crate::labelshift::{outputs, predicted};
use crate::progress::Progress;

pub(super) fn run(args: &LabelshiftArgs) -> anyhow::Result<Outcome> {
    check(args)?;
    let progress = Progress::new(args.quiet);
    let without_effect = args.generation.given();
    if !without_effect.is_empty() {
        progress.say(&format!("without effect on given texts: {}", without_effect.join(" ")));
    }
    let inputs = Inputs::read(args)?;
    let threads = rayon::ThreadPoolBuilder::new().num_threads(args.n_jobs).build();
    let threads = threads.context("--n-jobs: cannot start the threads")?;
    let summary = threads.install(|| estimate(args, &inputs, &progress))?;
    if args.json {
        write!(std::io::stdout().lock(), "{}", summary.to_json())?;
    } else {
        print(&summary)?;
    }
    Ok(Outcome::Done)
}

/// The run on inputs that were read already; everything is written to the run's folder.
fn estimate(
    args: &LabelshiftArgs,
    inputs: &Inputs,
    progress: &Progress,
) -> anyhow::Result<Summary> {
    let folder = args.output_dir.join(&args.run_name);
    files::make_folder(&folder)?;
    let predicted = predicted::predict(args, inputs, progress)?;
    let analysis = analyze(predicted.problem(inputs)?, options(args));
    let bootstrap = Bootstrap::new(&analysis, args.seed);
    let replicates = replicates(&bootstrap, args.n_boot, progress);
    let uncertainty =
        Uncertainty { bootstrap: &bootstrap, replicates: &replicates, level: args.level };
    let context = Context {
        tool: ToolRecord {
            name: "data-anatomy".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: env!("DATA_ANATOMY_COMMIT").to_owned(),
        },
        created: humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string(),
        config: config(args),
        inputs: inputs.record(&predicted.split),
        diagnostics: [inputs.doubts(), predicted.doubts.clone()].concat(),
    };
    let summary = Summary::of_labelshift(&analysis, Some(&uncertainty), context);
    outputs::write(&folder, args, &summary, &predicted)?;
    progress.say(&format!("written to {}", folder.display()));
    Ok(summary)
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
    let calibration = match args.calibration {
        CalibrationKind::None => CalibrationMethod::None,
        CalibrationKind::Temperature => CalibrationMethod::Temperature,
        CalibrationKind::Bcts => CalibrationMethod::BiasCorrected,
    };
    LabelShiftOptions { estimator, calibration }
}

/// The most replicates of a bootstrap: each is kept until the end.
const MAX_REPLICATES: usize = 100_000;

fn check(args: &LabelshiftArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.classifier == ClassifierKind::Tfidf,
        "--classifier distilbert is not in this version: use --classifier tfidf"
    );
    anyhow::ensure!(
        args.val_fraction > 0.0 && args.val_fraction < 1.0,
        "--val-fraction: expected a share between 0 and 1, found {}",
        args.val_fraction
    );
    anyhow::ensure!(
        args.level > 0.0 && args.level < 1.0,
        "--level: expected a level between 0 and 1, found {}",
        args.level
    );
    super::check_run_name(&args.run_name)?;
    anyhow::ensure!(
        args.n_boot != 1 && args.n_boot <= MAX_REPLICATES,
        "--n-boot: expected 0 for no intervals, or from 2 to {MAX_REPLICATES} replicates (500 are \
         plenty), found {}",
        args.n_boot
    );
    Ok(())
}

/// Every setting, by the name of its flag.
fn config(args: &LabelshiftArgs) -> Map<String, Value> {
    let shown = |path: &PathBuf| path.display().to_string();
    let options = options(args);
    let Value::Object(config) = json!({
        "local_samples_dir": shown(&args.local_samples_dir),
        "use_cached_generations": args.use_cached_generations.as_ref().map(shown),
        "target_model": args.target_model,
        "hf_revision": args.hf_revision,
        "num_prompts": args.num_prompts,
        "merge_web": args.merge_web,
        "max_per_class": args.max_per_class,
        "val_fraction": args.val_fraction,
        "classifier": "tfidf",
        "load_classifier": args.load_classifier.as_ref().map(shown),
        "estimator": options.estimator,
        "calibration": options.calibration,
        "n_boot": args.n_boot,
        "level": args.level,
        "seed": args.seed,
        "run_name": args.run_name,
    }) else {
        return Map::new();
    };
    config
}

/// The estimate and its doubts, for a terminal.
fn print(summary: &Summary) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    write!(out, "{}", summary.table().to_text())?;
    let metrics = &summary.val_metrics;
    writeln!(
        out,
        "\nclassifier: {:.1} % of {} validation documents right, macro F1 {:.3}; estimator {}",
        100.0 * metrics.val_acc,
        metrics.n_docs.iter().sum::<usize>(),
        metrics.macro_f1,
        summary.estimator.name,
    )?;
    for diagnostic in &summary.diagnostics {
        writeln!(out, "{}", report::diagnostic_line(diagnostic))?;
    }
    Ok(())
}
