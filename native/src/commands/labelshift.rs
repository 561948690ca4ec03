//! `labelshift`: from reference documents and generated texts to an estimated mixture.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use data_anatomy_core::bootstrap::{Bootstrap, Replicate};
use data_anatomy_core::calibration::CalibrationMethod;
use data_anatomy_core::diagnostic::Diagnostic;
use data_anatomy_core::estimate::Estimator;
use data_anatomy_core::estimate::label_shift::{LabelShiftOptions, analyze};
use data_anatomy_core::estimate::problem::{self, Problem, Validation};
use data_anatomy_core::log_probabilities::LogProbabilities;
use data_anatomy_core::predictions::{Origin, Prediction, stored_probability};
use data_anatomy_core::report;
use data_anatomy_core::summary::{Context, Summary, ToolRecord, Uncertainty};
use data_anatomy_core::taxonomy::Taxonomy;
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::args::{CalibrationKind, ClassifierKind, EstimatorKind, LabelshiftArgs};
use crate::classifier::tfidf::{self, Corpus, Options, Termination, TfidfClassifier, TrainingSet};
use crate::classifier::{self, Classifier as _};
use crate::corpus::generations::{self, Generation, Generations};
use crate::corpus::reference::{self, Document, Reference, ReferenceOptions};
use crate::corpus::split::{self, Split};
use crate::exit::Outcome;
use crate::progress::Progress;
use crate::{files, plots};

pub(super) fn run(args: &LabelshiftArgs) -> anyhow::Result<Outcome> {
    check(args)?;
    let progress = Progress::new(args.quiet);
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
pub(super) fn estimate(
    args: &LabelshiftArgs,
    inputs: &Inputs,
    progress: &Progress,
) -> anyhow::Result<Summary> {
    let folder = args.output_dir.join(&args.run_name);
    files::make_folder(&folder)?;
    let predicted = predict(args, inputs, progress)?;
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
        diagnostics: inputs.doubts(&predicted),
    };
    let summary = Summary::of_labelshift(&analysis, Some(&uncertainty), context);
    write_outputs(&folder, args, &summary, &predicted)?;
    progress.say(&format!("written to {}", folder.display()));
    Ok(summary)
}

/// What a run starts from.
#[derive(Debug)]
pub(super) struct Inputs {
    taxonomy: Taxonomy,
    documents: Vec<Document>,
    classes: Vec<usize>,
    reference: Vec<reference::ReferenceInput>,
    generations: Generations,
}

impl Inputs {
    fn read(args: &LabelshiftArgs) -> anyhow::Result<Self> {
        let path = args.use_cached_generations.as_ref().context(
            "no texts of the model: give --use-cached-generations FILE with one {\"text\": …} per \
             line (this version does not generate by itself)",
        )?;
        let options = ReferenceOptions {
            merge_web: args.merge_web,
            max_per_class: args.max_per_class,
            seed: args.seed,
        };
        let reference = reference::read(&args.local_samples_dir, options)?;
        Self::new(reference, generations::read(path, args.num_prompts)?)
    }

    /// The inputs of these documents and texts.
    pub(super) fn new(reference: Reference, generations: Generations) -> anyhow::Result<Self> {
        let names = reference.categories.iter().map(|category| category.name.clone());
        let taxonomy = Taxonomy::new(names).context("the categories")?;
        let sizes: Vec<usize> =
            reference.categories.iter().map(|category| category.documents.len()).collect();
        let classes = sizes
            .iter()
            .enumerate()
            .flat_map(|(class, &n_docs)| std::iter::repeat_n(class, n_docs))
            .collect();
        let documents =
            reference.categories.into_iter().flat_map(|category| category.documents).collect();
        Ok(Self { taxonomy, documents, classes, reference: reference.inputs, generations })
    }

    fn record(&self, split: &Split) -> Value {
        json!({
            "reference": self.reference,
            "generations": self.generations.input,
            "n_train": split.train.len(),
            "n_validation": split.validation.len(),
        })
    }

    fn doubts(&self, predicted: &Predicted) -> Vec<Diagnostic> {
        let mut doubts = predicted.doubts.clone();
        let n_empty = self.generations.input.n_empty;
        if n_empty > 0 {
            let message = format!("{n_empty} empty texts were left out of the estimate");
            doubts.push(Diagnostic::note("empty_generations", message));
        }
        let n_duplicates: usize = self.reference.iter().map(|input| input.n_duplicates).sum();
        if n_duplicates > 0 {
            let message = format!(
                "{n_duplicates} reference documents equal to another were left out, so that none \
                 both trains and measures"
            );
            doubts.push(Diagnostic::note("duplicate_documents", message));
        }
        if self.generations.input.n_prompts.is_none() {
            let message = "prompts are not known: the intervals take all texts for independent";
            doubts.push(Diagnostic::note("prompts_unknown", message));
        }
        doubts
    }
}

/// The classifier's verdicts on validation documents and texts.
#[derive(Debug)]
struct Predicted {
    split: Split,
    validation: Vec<Prediction>,
    generations: Vec<Prediction>,
    doubts: Vec<Diagnostic>,
}

fn predict(
    args: &LabelshiftArgs,
    inputs: &Inputs,
    progress: &Progress,
) -> anyhow::Result<Predicted> {
    let shown = |stage: &str, done: usize, total: usize| progress.at(stage, done, total);
    let texts: Vec<&str> = inputs.documents.iter().map(|document| document.text.as_str()).collect();
    let corpus = Corpus::analyze(&texts, &shown);
    let (classifier, split) = match &args.load_classifier {
        Some(path) => load(path, inputs, &texts)?,
        None => train(args, inputs, &corpus, &shown)?,
    };
    let on_validation = classifier.log_probabilities_of_rows(&corpus, &split.validation);
    let generated: Vec<&str> =
        inputs.generations.texts.iter().map(|text| text.text.as_str()).collect();
    let on_generations = classifier.log_probabilities(&generated, &shown)?;
    let mut doubts = Vec::new();
    if classifier.convergence().termination != Termination::Converged {
        let message = "the classifier's training stopped before it converged";
        doubts.push(Diagnostic::warning("classifier_not_converged", message));
    }
    let n_classes = inputs.taxonomy.len();
    let validation = on_validation.chunks(n_classes).enumerate().map(|(position, row)| {
        let index = split.validation[position];
        Prediction {
            kind: Origin::Validation,
            id: inputs.documents[index].id.clone(),
            prompt_id: None,
            true_class: Some(inputs.taxonomy.names()[inputs.classes[index]].clone()),
            fold: u32::try_from(split.folds[position]).ok(),
            probabilities: stored(row),
        }
    });
    let texts = inputs.generations.texts.iter().zip(on_generations.chunks(n_classes));
    let generations = texts.map(|(text, row)| of_generation(text, row));
    Ok(Predicted {
        validation: validation.collect(),
        generations: generations.collect(),
        split,
        doubts,
    })
}

/// A classifier trained on a part of the documents, and which part.
fn train(
    args: &LabelshiftArgs,
    inputs: &Inputs,
    corpus: &Corpus<'_>,
    progress: &classifier::Progress<'_>,
) -> anyhow::Result<(TfidfClassifier, Split)> {
    let n_classes = inputs.taxonomy.len();
    let split = split::stratified(&inputs.classes, n_classes, args.val_fraction, args.seed);
    let classes: Vec<usize> = split.train.iter().map(|&row| inputs.classes[row]).collect();
    let training =
        TrainingSet { corpus, rows: &split.train, classes: &classes, categories: &inputs.taxonomy };
    let classifier = TfidfClassifier::fit(training, &Options::default(), progress)?;
    if let Some(path) = &args.save_classifier {
        classifier.save(path)?;
    }
    Ok((classifier, split))
}

/// A classifier trained before, with the documents that it does not know to measure it by.
fn load(path: &Path, inputs: &Inputs, texts: &[&str]) -> anyhow::Result<(TfidfClassifier, Split)> {
    let classifier = tfidf::load(path)?;
    anyhow::ensure!(
        classifier.categories() == &inputs.taxonomy,
        "{}: the classifier knows the categories {}; the samples have {}",
        path.display(),
        classifier.categories(),
        inputs.taxonomy
    );
    let was_trained_on = |index: usize| classifier.trained_on(texts[index]);
    let split = split::by_memory(&inputs.classes, inputs.taxonomy.names(), was_trained_on)?;
    Ok((classifier, split))
}

fn of_generation(text: &Generation, log_probabilities: &[f64]) -> Prediction {
    Prediction {
        kind: Origin::Generation,
        id: text.id.clone(),
        prompt_id: text.prompt_id.clone(),
        true_class: None,
        fold: None,
        probabilities: stored(log_probabilities),
    }
}

fn stored(log_probabilities: &[f64]) -> Vec<f64> {
    log_probabilities.iter().map(|&value| stored_probability(value)).collect()
}

impl Predicted {
    /// The label-shift problem that these verdicts pose.
    fn problem(&self, inputs: &Inputs) -> anyhow::Result<Problem> {
        let validation = Validation {
            scores: scores(&self.validation)?,
            classes: self.split.validation.iter().map(|&index| inputs.classes[index]).collect(),
            folds: self.split.folds.iter().map(|&fold| fold as u64).collect(),
        };
        let generations = problem::Generations {
            scores: scores(&self.generations)?,
            prompts: prompt_numbers(&self.generations),
        };
        let method = CalibrationMethod::default();
        Problem::new(inputs.taxonomy.clone(), validation, generations, method)
            .context("the classifier's verdicts")
    }
}

fn scores(predictions: &[Prediction]) -> anyhow::Result<LogProbabilities> {
    let rows: Vec<&[f64]> = predictions.iter().map(|one| one.probabilities.as_slice()).collect();
    LogProbabilities::from_probabilities(&rows).context("the classifier's probabilities")
}

/// Prompts by number, in the order in which they first appear; none where any is not known.
fn prompt_numbers(predictions: &[Prediction]) -> Option<Vec<u64>> {
    let mut numbers: BTreeMap<&str, u64> = BTreeMap::new();
    predictions
        .iter()
        .map(|one| {
            let next = numbers.len() as u64;
            Some(*numbers.entry(one.prompt_id.as_deref()?).or_insert(next))
        })
        .collect()
}

fn replicates(bootstrap: &Bootstrap<'_>, n_boot: usize, progress: &Progress) -> Vec<Replicate> {
    let stage = "bootstrap";
    let done = std::sync::atomic::AtomicUsize::new(0);
    let numbers = 0..n_boot as u64;
    numbers
        .into_par_iter()
        .map(|index| {
            let replicate = bootstrap.replicate(index);
            let done = 1 + done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            progress.at(stage, done, n_boot);
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
    anyhow::ensure!(
        args.n_boot != 1,
        "--n-boot: expected 0 for no intervals, or at least 2 replicates (200 or more are better)"
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

fn write_outputs(
    folder: &Path,
    args: &LabelshiftArgs,
    summary: &Summary,
    predicted: &Predicted,
) -> anyhow::Result<()> {
    files::write_with(&folder.join("predictions.jsonl"), |file| {
        for prediction in predicted.validation.iter().chain(&predicted.generations) {
            writeln!(file, "{}", prediction.to_line())?;
        }
        Ok(())
    })?;
    files::write(&folder.join("summary.csv"), summary.table().to_csv().as_bytes())?;
    if !args.no_plots {
        let intervals = summary.intervals();
        let figures = summary.figures(&args.run_name, intervals.as_deref());
        plots::write(&folder.join("confusion_matrix.png"), &figures.confusion())?;
        plots::write(&folder.join("priors.png"), &figures.priors())?;
        plots::write(&folder.join("pbar_vs_ctpi.png"), &figures.fit())?;
    }
    // Last: where there is a summary, all the rest is there.
    files::write(&folder.join("summary.json"), summary.to_json().as_bytes())
}

/// The estimate and its doubts, for a terminal.
pub(super) fn print(summary: &Summary) -> anyhow::Result<()> {
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
