//! One result for one input: threads, folds, corpora and files do not matter.

use proptest::prelude::*;

use super::super::file::{decode, encode};
use super::super::{Corpus, Options, TfidfClassifier, TrainingSet};
use super::{silent, taxonomy};
use crate::Classifier;

/// Documents with common and rare words, and two or three classes.
fn documents() -> Vec<String> {
    let words = ["alpha", "beta", "gamma", "delta", "x86", "ärger", "漢字", "if", "return", "the"];
    let text = |doc: usize| {
        let word = |place: usize| words[(doc * place * place + doc / 3 + place) % (4 + doc % 7)];
        (0..20 + doc % 30).map(|place| format!("{} {}\n ", word(place), doc * place % 97)).collect()
    };
    (0..60).map(text).collect()
}

fn fit_rows(documents: &[&str], rows: &[usize]) -> (TfidfClassifier, Vec<f64>) {
    let corpus = Corpus::analyze(documents, &silent);
    let classes: Vec<usize> = (0..rows.len()).map(|position| position % 3).collect();
    let categories = taxonomy(3);
    let training =
        TrainingSet { corpus: &corpus, rows, classes: &classes, categories: &categories };
    // Fewer features than there are terms, so that choosing them is tested, too.
    let options = Options { max_features: 150, ..Options::default() };
    let model = TfidfClassifier::fit(training, &options, &silent).unwrap();
    let all: Vec<usize> = (0..documents.len()).collect();
    let probabilities = model.log_probabilities_of_rows(&corpus, &all);
    (model, probabilities)
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn any_number_of_threads_gives_the_same_file() {
    let documents = documents();
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let rows: Vec<usize> = (0..documents.len()).collect();
    let files: Vec<Vec<u8>> = [1, 2, 3, 7]
        .into_iter()
        .map(|n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| encode(&fit_rows(&documents, &rows).0))
        })
        .collect();
    assert!(files.iter().all(|file| *file == files[0]));
}

#[test]
fn a_fold_is_trained_as_if_the_other_documents_did_not_exist() {
    let documents = documents();
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let rows: Vec<usize> = (0..documents.len()).filter(|row| row % 5 != 2).collect();
    let (on_fold, _) = fit_rows(&documents, &rows);
    let alone: Vec<&str> = rows.iter().map(|&row| documents[row]).collect();
    let (on_its_own, _) = fit_rows(&alone, &(0..alone.len()).collect::<Vec<_>>());
    assert_eq!(encode(&on_fold), encode(&on_its_own));
}

#[test]
fn rows_of_a_corpus_and_fresh_documents_get_the_same_bits() {
    let documents = documents();
    let mut documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    // More than a byte can count.
    let repeated = "the x86 ".repeat(2000);
    documents.extend([repeated.as_str(), "", "unheard-of"]);
    let rows: Vec<usize> = (0..50).collect();
    let (model, of_rows) = fit_rows(&documents, &rows);
    let fresh = model.log_probabilities(&documents, &silent).unwrap();
    assert_eq!(bits(&of_rows), bits(&fresh));
}

#[test]
fn a_loaded_model_is_the_saved_one() {
    let documents = documents();
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let (model, _) = fit_rows(&documents, &(0..documents.len()).collect::<Vec<_>>());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    model.save(&path).unwrap();
    let loaded = super::super::load(&path).unwrap();
    assert_eq!(loaded.categories(), model.categories());
    assert_eq!(loaded.options(), model.options());
    assert_eq!(loaded.convergence(), model.convergence());
    assert_eq!(loaded.informative_terms(1, 20), model.informative_terms(1, 20));
    let before = model.log_probabilities(&documents, &silent).unwrap();
    let after = loaded.log_probabilities(&documents, &silent).unwrap();
    assert_eq!(bits(&before), bits(&after));
    assert_eq!(encode(&loaded), encode(&model));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_texts_survive_the_file(texts in prop::collection::vec("\\PC{0,40}", 4..12)) {
        prop_assume!(texts.iter().any(|text| text.chars().count() >= 3));
        let documents: Vec<&str> = texts.iter().map(String::as_str).collect();
        let corpus = Corpus::analyze(&documents, &silent);
        let rows: Vec<usize> = (0..documents.len()).collect();
        let classes: Vec<usize> = rows.iter().map(|row| row % 2).collect();
        let categories = taxonomy(2);
        let training = TrainingSet { corpus: &corpus, rows: &rows, classes: &classes, categories: &categories };
        let model = TfidfClassifier::fit(training, &Options::default(), &silent).unwrap();
        let bytes = encode(&model);
        prop_assert_eq!(encode(&decode(&bytes).unwrap()), bytes);
        for row in model.log_probabilities(&documents, &silent).unwrap().chunks(2) {
            let sum: f64 = row.iter().map(|value| value.exp()).sum();
            prop_assert!((sum - 1.0).abs() <= 1e-14);
        }
    }
}
