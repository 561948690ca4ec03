//! Trains the classifier `distilbert` from scratch on a folder of `<category>.jsonl`, one {"text": …} per
//! line, and saves it.
//!
//! ```text
//! cargo run --release -p data-anatomy-classify --features burn --example encoder -- FOLDER OUT [PER_CLASS [EPOCHS [SEED]]]
//! ```
//!
//! Of the first `PER_CLASS` documents of each category (210 unless told) every fifth is held out.
//! `tests/oracle/encoder_training.py` trains the same encoder with PyTorch: its sizes and tokenizer from
//! `OUT`, the same documents and recipe; and prints the same keys.

#[path = "support/documents.rs"]
mod documents;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use data_anatomy_classify::encoder::{EncoderClassifier, Options, ScratchSize, Start};
use data_anatomy_classify::{Classifier as _, TrainingDocuments, shown};
use data_anatomy_job::progress::Progress;
use data_anatomy_lm::device::DeviceChoice;
use serde_json::json;

use documents::{read, score};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("a folder is wanted")?);
    let out = PathBuf::from(arguments.next().context("a folder to save in is wanted")?);
    let per_class = arguments.next().map_or(Ok(210), |text| text.parse())?;
    let n_epochs = arguments.next().map(|text| text.parse()).transpose()?;
    let seed = arguments.next().map_or(Ok(42), |text| text.parse())?;
    let (categories, train, held_out) = read(&folder, per_class)?;
    let start = Start::Scratch(ScratchSize::default());
    let defaults = Options::new(start, DeviceChoice::Cpu, seed);
    let options = Options { n_epochs: n_epochs.unwrap_or(defaults.n_epochs), ..defaults };
    let progress = Progress::new(false);
    let texts = train.texts();
    let documents = TrainingDocuments {
        texts: &texts,
        sources: &texts,
        classes: &train.classes,
        categories: &categories,
    };
    let started = Instant::now();
    let classifier = EncoderClassifier::fit(documents, &options, &progress)?;
    let fitted = started.elapsed();
    let log_probabilities = classifier.log_probabilities(&held_out.texts(), &shown(&progress))?;
    let done = started.elapsed();
    classifier.save(&out)?;
    let (accuracy, log_loss) = score(&log_probabilities, &held_out.classes, categories.len());
    let result = json!({
        "program": concat!("data-anatomy ", env!("CARGO_PKG_VERSION")),
        "n_train": train.texts.len(),
        "n_held_out": held_out.texts.len(),
        "seed": seed,
        "epochs": options.n_epochs,
        "fit_s": fitted.as_secs_f64(),
        "predict_s": (done - fitted).as_secs_f64(),
        "accuracy": accuracy,
        "log_loss": log_loss,
    });
    println!("{result}");
    Ok(())
}
