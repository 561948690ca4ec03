//! Tests of the classifier as a whole.

use data_anatomy_core::shares::taxonomy::Taxonomy;

use super::{Corpus, Options, TfidfClassifier, TrainingSet};

mod hostile;
mod malformed;
mod optimum;
mod planted;
mod reproducible;
mod sklearn;

/// How far two numbers may differ: by `rel` times the expected one's size, plus `abs`.
#[derive(Debug, Clone, Copy)]
struct Tolerance {
    rel: f64,
    abs: f64,
}

#[track_caller]
fn assert_close(actual: &[f64], expected: &[f64], tolerance: Tolerance) {
    assert_eq!(actual.len(), expected.len(), "lengths");
    for (index, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        let error = (actual - expected).abs();
        let limit = tolerance.rel * expected.abs() + tolerance.abs;
        assert!(error <= limit, "[{index}]: {actual} is {error:e} from {expected}, not {limit:e}");
    }
}

fn silent(_: &str, _: usize, _: usize) {}

fn taxonomy(n_classes: usize) -> Taxonomy {
    Taxonomy::new((0..n_classes).map(|class| format!("class {class}"))).unwrap()
}

/// Trains on all these documents.
fn fit(documents: &[&str], classes: &[usize], options: &Options) -> TfidfClassifier {
    let corpus = Corpus::analyze(documents, &silent);
    let rows: Vec<usize> = (0..documents.len()).collect();
    let n_classes = classes.iter().max().unwrap() + 1;
    let training =
        TrainingSet { corpus: &corpus, rows: &rows, classes, categories: &taxonomy(n_classes) };
    TfidfClassifier::fit(training, options, &silent).unwrap()
}
