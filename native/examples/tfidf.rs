//! Times the classifier `tfidf` on a folder of `<category>.jsonl`, one {"text": …} per line.
//!
//! ```text
//! cargo run --release -p data-anatomy --example tfidf -- FOLDER [DOCS_PER_CLASS] [COPIES]
//! ```
//!
//! Every fifth document is held out. Prints one line of JSON with the keys of
//! `bench/peers/sklearn_tfidf.py`.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use data_anatomy::classifier::Classifier;
use data_anatomy::classifier::tfidf::{Corpus, Options, TfidfClassifier, TrainingSet};
use data_anatomy_core::taxonomy::Taxonomy;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("a folder is wanted")?);
    let per_class = arguments.next().map_or(Ok(210), |text| text.parse())?;
    let tolerance = arguments.next().map_or(Ok(1e-6), |text| text.parse())?;
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    let mut documents = Vec::new();
    let mut classes = Vec::new();
    let mut held = Vec::new();
    for (class, path) in paths.iter().enumerate() {
        let text = std::fs::read_to_string(path)?;
        for (i, line) in text.lines().take(per_class).enumerate() {
            let value: serde_json::Value = serde_json::from_str(line)?;
            documents.push(value["text"].as_str().context("text")?.to_owned());
            classes.push(class);
            held.push(i % 5 == 4);
        }
    }
    let categories = Taxonomy::new(
        paths.iter().map(|p| p.file_stem().unwrap_or_default().to_string_lossy().into_owned()),
    )?;
    let train: Vec<usize> = (0..documents.len()).filter(|&i| !held[i]).collect();
    let test: Vec<usize> = (0..documents.len()).filter(|&i| held[i]).collect();
    let train_docs: Vec<&str> = train.iter().map(|&i| documents[i].as_str()).collect();
    let test_docs: Vec<&str> = test.iter().map(|&i| documents[i].as_str()).collect();
    let train_classes: Vec<usize> = train.iter().map(|&i| classes[i]).collect();

    let t0 = Instant::now();
    let corpus = Corpus::analyze(&train_docs, &|_, _, _| {});
    let t1 = Instant::now();
    let rows: Vec<usize> = (0..train.len()).collect();
    let options = Options { tolerance, ..Options::default() };
    let stage = std::sync::Mutex::new(String::new());
    let model = TfidfClassifier::fit(
        TrainingSet {
            corpus: &corpus,
            rows: &rows,
            classes: &train_classes,
            categories: &categories,
        },
        &options,
        &|name, done, total| {
            let mut s = stage.lock().expect("x");
            if *s != name || done % 10 == 0 {
                eprintln!("{:.2}s {name} {done}/{total}", t0.elapsed().as_secs_f64());
                *s = name.to_owned();
            }
        },
    )?;
    let t2 = Instant::now();
    let lp = model.log_probabilities(&test_docs, &|_, _, _| {})?;
    let t3 = Instant::now();
    let k = categories.len();
    let mut right = 0;
    let mut loss = 0.0;
    for (row, &i) in lp.chunks(k).zip(&test) {
        let best = (0..k).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0);
        right += usize::from(best == classes[i]);
        loss -= row[classes[i]];
    }
    eprintln!("{:?}", model.convergence());
    println!(
        "{}",
        serde_json::json!({
            "analyze_s": (t1 - t0).as_secs_f64(), "fit_s": (t2 - t1).as_secs_f64(), "predict_s": (t3 - t2).as_secs_f64(),
            "total_s": (t3 - t0).as_secs_f64(), "accuracy": right as f64 / test.len() as f64, "log_loss": loss / test.len() as f64,
        })
    );
    Ok(())
}
