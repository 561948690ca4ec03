//! Times the classifier `tfidf` on a folder of `<category>.jsonl`, one {"text": …} per line.
//!
//! ```text
//! cargo run --release -p data-anatomy --example tfidf -- FOLDER [PER_CLASS [TOLERANCE]]
//! ```
//!
//! Of the first `PER_CLASS` documents of each category (210 unless told) every fifth is held out,
//! as in `bench/peers/sklearn_tfidf.py`, which prints the same keys for scikit-learn.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use data_anatomy::classifier::Classifier;
use data_anatomy::classifier::tfidf::{Corpus, Options, TfidfClassifier, TrainingSet};
use data_anatomy_core::taxonomy::Taxonomy;
use serde_json::{Value, json};

/// Documents and the positions of their categories.
#[derive(Default)]
struct Documents {
    texts: Vec<String>,
    classes: Vec<usize>,
}

impl Documents {
    fn texts(&self) -> Vec<&str> {
        self.texts.iter().map(String::as_str).collect()
    }
}

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

/// The categories, the training and the held-out documents.
fn read(folder: &Path, per_class: usize) -> Result<(Taxonomy, Documents, Documents)> {
    let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<Result<Vec<PathBuf>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    let (mut train, mut held_out) = (Documents::default(), Documents::default());
    for (class, path) in paths.iter().enumerate() {
        for (index, line) in std::fs::read_to_string(path)?.lines().take(per_class).enumerate() {
            let value: Value = serde_json::from_str(line)?;
            let part = if index % 5 == 4 { &mut held_out } else { &mut train };
            part.texts.push(value["text"].as_str().context("no text")?.to_owned());
            part.classes.push(class);
        }
    }
    let name = |path: &PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok((Taxonomy::new(paths.iter().map(name))?, train, held_out))
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

/// Accuracy and mean log loss.
fn score(log_probabilities: &[f64], classes: &[usize], n_classes: usize) -> (f64, f64) {
    let (mut n_right, mut loss) = (0_u32, 0.0);
    for (row, &class) in log_probabilities.chunks(n_classes).zip(classes) {
        let best = (0..n_classes).max_by(|&left, &right| row[left].total_cmp(&row[right]));
        n_right += u32::from(best == Some(class));
        loss -= row[class];
    }
    let n_docs = classes.len() as f64;
    (f64::from(n_right) / n_docs, loss / n_docs)
}
