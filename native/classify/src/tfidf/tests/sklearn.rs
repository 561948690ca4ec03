//! Against scikit-learn: see `tests/oracle/tfidf.py`.

use std::collections::BTreeMap;

use data_anatomy_core::shares::taxonomy::Taxonomy;
use serde_json::Value;

use super::super::design::Block;
use super::super::training::block;
use super::super::vocabulary::Vocabulary;
use super::super::{Corpus, NgramKind, Options, Termination, TfidfClassifier, TrainingSet};
use super::{Tolerance, assert_close, silent};
use crate::Classifier;

fn golden() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/tfidf.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn indices(value: &Value) -> Vec<usize> {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    value.as_array().unwrap().iter().map(number).collect()
}

fn reals(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// All numbers of a matrix, row by row.
fn matrix(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().flat_map(reals).collect()
}

fn by_term(value: &Value) -> BTreeMap<String, f64> {
    let members = value.as_object().unwrap().iter();
    members.map(|(term, number)| (term.clone(), number.as_f64().unwrap())).collect()
}

fn with_training<T>(golden: &Value, run: impl FnOnce(TrainingSet<'_>) -> T) -> T {
    let corpus = Corpus::analyze(&texts(&golden["train"]), &silent);
    let rows: Vec<usize> = (0..corpus.n_docs()).collect();
    let classes = indices(&golden["classes"]);
    let categories = Taxonomy::new(texts(&golden["categories"])).unwrap();
    let training =
        TrainingSet { corpus: &corpus, rows: &rows, classes: &classes, categories: &categories };
    run(training)
}

/// Vocabulary and features of one kind, with scikit-learn's account of them.
fn with_block(
    kind: NgramKind,
    name: &str,
    check: impl FnOnce(&Vocabulary, &Block, &Value, &[usize]),
) {
    let golden = golden();
    let shown = indices(&golden["shown"]);
    let (vocabulary, block) = with_training(&golden, |training| block(kind, training, 200_000));
    check(&vocabulary, &block, &golden[name], &shown);
}

fn idf_matches(vocabulary: &Vocabulary, block: &Block, expected: &Value) {
    assert_eq!(vocabulary.len() as u64, expected["n_terms"].as_u64().unwrap());
    let sum: f64 = block.idf.iter().sum();
    let tolerance = Tolerance { rel: 1e-12, abs: 0.0 };
    assert_close(&[sum], &[expected["idf_sum"].as_f64().unwrap()], tolerance);
    let idf: BTreeMap<&str, f64> =
        (0..vocabulary.len()).map(|column| (vocabulary.term(column), block.idf[column])).collect();
    for (term, expected) in by_term(&expected["idf"]) {
        let found = idf.get(term.as_str()).unwrap_or_else(|| panic!("no term {term:?}"));
        assert_close(&[*found], &[expected], tolerance);
    }
}

fn rows_match(vocabulary: &Vocabulary, block: &Block, expected: &Value, shown: &[usize]) {
    let n_values: usize = (0..block.by_row.n_lines()).map(|r| block.by_row.totals(r).count()).sum();
    assert_eq!(n_values as u64, expected["n_values"].as_u64().unwrap());
    for (&row, expected) in shown.iter().zip(expected["rows"].as_array().unwrap()) {
        let value = |(column, count): (u32, u64)| {
            let idf = block.idf[column as usize];
            let value = count as f64 * idf * block.inverse_norms[row];
            (vocabulary.term(column as usize).to_owned(), value)
        };
        let found: BTreeMap<String, f64> = block.by_row.totals(row).map(value).collect();
        let expected = by_term(expected);
        assert!(found.keys().eq(expected.keys()), "terms of document {row}");
        let (found, expected): (Vec<f64>, Vec<f64>) =
            (found.into_values().collect(), expected.into_values().collect());
        assert_close(&found, &expected, Tolerance { rel: 1e-12, abs: 0.0 });
    }
}

#[test]
fn words_match_sklearn() {
    with_block(NgramKind::Word, "word", |vocabulary, block, expected, shown| {
        idf_matches(vocabulary, block, expected);
        rows_match(vocabulary, block, expected, shown);
    });
}

#[test]
fn characters_match_sklearn() {
    with_block(NgramKind::Char, "char", |vocabulary, block, expected, shown| {
        idf_matches(vocabulary, block, expected);
        rows_match(vocabulary, block, expected, shown);
    });
}

#[test]
fn optimum_matches_sklearn() {
    let golden = golden();
    let options = Options { tolerance: 1e-11, ..Options::default() };
    let model = with_training(&golden, |training| {
        TfidfClassifier::fit(training, &options, &silent).unwrap()
    });
    assert_eq!(model.convergence().termination, Termination::Converged);
    let objective = golden["objective"].as_f64().unwrap();
    assert_close(
        &[model.convergence().objective],
        &[objective],
        Tolerance { rel: 1e-12, abs: 0.0 },
    );
    let tolerance = Tolerance { rel: 0.0, abs: 1e-9 };
    assert_close(&model.intercepts, &reals(&golden["intercepts"]), tolerance);
    // Weights are kept with 24 bits.
    probabilities_match(&model, &golden, Tolerance { rel: 1e-6, abs: 0.0 });
}

#[test]
fn probabilities_match_sklearn_at_the_default_tolerance() {
    let golden = golden();
    let model = with_training(&golden, |training| {
        TfidfClassifier::fit(training, &Options::default(), &silent).unwrap()
    });
    probabilities_match(&model, &golden, Tolerance { rel: 0.0, abs: 1e-5 });
}

fn probabilities_match(model: &TfidfClassifier, golden: &Value, tolerance: Tolerance) {
    for (documents, expected) in
        [("train", "train_probabilities"), ("held_out", "held_out_probabilities")]
    {
        let found = model.log_probabilities(&texts(&golden[documents]), &silent).unwrap();
        let found: Vec<f64> = found.into_iter().map(f64::exp).collect();
        assert_close(&found, &matrix(&golden[expected]), tolerance);
    }
}
