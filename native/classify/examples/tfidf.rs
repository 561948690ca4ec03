//! Times the classifier `tfidf` on a folder of `<category>.jsonl`, one {"text": …} per line.
//!
//! ```text
//! cargo run --release -p data-anatomy-classify --example tfidf -- FOLDER [PER_CLASS [TOLERANCE]]
//! ```
//!
//! Of the first `PER_CLASS` documents of each category (210 unless told) every fifth is held out,
//! as in `bench/peers/sklearn_tfidf.py`, which prints the same keys for scikit-learn.

#[path = "support/documents.rs"]
mod documents;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use data_anatomy_classify::Classifier;
use data_anatomy_classify::tfidf::{Corpus, Options, TfidfClassifier, TrainingSet};
use data_anatomy_core::shares::taxonomy::Taxonomy;
use serde_json::{Value, json};

use documents::{Documents, read, score};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("a folder is wanted")?);
    let per_class = arguments.next().map_or(Ok(210), |text| text.parse())?;
    let defaults = Options::default();
    let tolerance = arguments.next().map_or(Ok(defaults.tolerance), |text| text.parse())?;
    let (categories, train, held_out) = read(&folder, per_class)?;
    let result = measure(&categories, &train, &held_out, &Options { tolerance, ..defaults })?;
    println!("{result}");
    Ok(())
}

fn measure(
    categories: &Taxonomy,
    train: &Documents,
    held_out: &Documents,
    options: &Options,
) -> Result<Value> {
    let silent = |_: &str, _: usize, _: usize| {};
    let start = Instant::now();
    let corpus = Corpus::analyze(&train.texts(), &silent);
    let analyzed = start.elapsed();
    let rows: Vec<usize> = (0..corpus.n_docs()).collect();
    let training =
        TrainingSet { corpus: &corpus, rows: &rows, classes: &train.classes, categories };
    let model = TfidfClassifier::fit(training, options, &silent)?;
    let fitted = start.elapsed();
    let log_probabilities = model.log_probabilities(&held_out.texts(), &silent)?;
    let done = start.elapsed();
    let (accuracy, log_loss) = score(&log_probabilities, &held_out.classes, categories.len());
    let convergence = model.convergence();
    Ok(json!({
        "program": concat!("data-anatomy ", env!("CARGO_PKG_VERSION")),
        "n_train": train.texts.len(),
        "n_held_out": held_out.texts.len(),
        "vectorise_s": analyzed.as_secs_f64(),
        "fit_s": (fitted - analyzed).as_secs_f64(),
        "predict_s": (done - fitted).as_secs_f64(),
        "total_s": done.as_secs_f64(),
        "iterations": convergence.iterations,
        "termination": format!("{:?}", convergence.termination),
        "objective": convergence.objective,
        "accuracy": accuracy,
        "log_loss": log_loss,
    }))
}
