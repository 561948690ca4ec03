//! `labelshift`: from reference documents and generated texts to an estimated mixture.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use data_anatomy_core::estimate::Estimator;
use data_anatomy_core::interval::Interval;
use data_anatomy_core::reestimate::Choices;
use data_anatomy_core::report;
use data_anatomy_core::study::{Study, StudyReplicate};
use data_anatomy_core::summary::{Context, Summary, ToolRecord};
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::args::{ClassifierKind, LabelshiftArgs};
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
    let mut options = choices(args).study_options()?;
    // Stored joined, so that the verdicts fit the summary beside them.
    let verdicts = predicted.verdicts(inputs).merged(&std::mem::take(&mut options.merges))?;
    let study = Study::new(&verdicts, None, options)?;
    let (replicates, intervals) = carry_out(&study, progress);
    let context = Context {
        tool: ToolRecord {
            name: "data-anatomy".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: env!("DATA_ANATOMY_COMMIT").to_owned(),
        },
        created: Some(humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string()),
        config: config(args),
        inputs: inputs.record(&predicted.split),
        diagnostics: [inputs.doubts(), predicted.doubts.clone()].concat(),
    };
    let summary = Summary::of_study(&study, &replicates, &intervals, context);
    outputs::write(&folder, args, &summary, &verdicts.predictions)?;
    progress.say(&format!("written to {}", folder.display()));
    Ok(summary)
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

fn choices(args: &LabelshiftArgs) -> Choices {
    Choices {
        estimator: if args.naive { Estimator::Counting } else { args.estimator.into() },
        calibration: args.calibration.into(),
        merge: args.view_of_study.merge.clone(),
        unknown: args.view_of_study.unknown,
        unknown_threshold: args.view_of_study.unknown_threshold,
        level: args.level,
        n_boot: args.n_boot as u64,
        seed: args.seed,
        ..Choices::default()
    }
}

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
    choices(args).study_options()?;
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
    Ok(())
}

/// Every setting, by the name of its flag.
fn config(args: &LabelshiftArgs) -> Map<String, Value> {
    let shown = |path: &PathBuf| path.display().to_string();
    let choices = choices(args);
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
    }) else {
        return Map::new();
    };
    config
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
