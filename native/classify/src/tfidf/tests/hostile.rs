//! Input that nobody would wish for.

use proptest::prelude::*;

use super::super::{Corpus, Options, TfidfClassifier, TrainingSet};
use super::{fit, silent, taxonomy};
use crate::Classifier;

#[test]
fn megabytes_on_one_line() {
    // One term a million times, and hundreds of thousands of terms in one document.
    let repeated = "a".repeat(1_000_000);
    let varied: String = (0..100_000).map(|number| format!("w{number} ")).collect();
    let documents = [repeated.as_str(), varied.as_str(), "short text", "another"];
    let options = Options { max_features: 1000, ..Options::default() };
    let model = fit(&documents, &[0, 1, 0, 1], &options);
    let ten_megabytes = "b".repeat(5_000_000) + &varied.repeat(8);
    let probabilities = model.log_probabilities(&[&ten_megabytes, &repeated], &silent).unwrap();
    assert!(probabilities.iter().all(|value| value.is_finite()));
    assert!(probabilities[2] > probabilities[3], "the document it was trained on");
}

#[test]
fn empty_blank_and_binary_documents_are_classified() {
    let binary: String =
        (0..5000_u32).filter_map(|code| char::from_u32(code * 7 % 0x11_0000)).collect();
    let documents = ["", " \n\t\u{3000}", binary.as_str(), "\0\0\0\0", "plain text", "more text"];
    let model = fit(&documents, &[0, 1, 0, 1, 0, 1], &Options::default());
    let probabilities = model.log_probabilities(&documents, &silent).unwrap();
    assert!(probabilities.iter().all(|value| value.is_finite()));
    // Without features there is nothing to tell two documents apart.
    assert_eq!(probabilities[..2], probabilities[2..4]);
}

fn fit_error(documents: &[&str], rows: &[usize], classes: &[usize], options: &Options) -> String {
    let corpus = Corpus::analyze(documents, &silent);
    let categories = taxonomy(2);
    let training = TrainingSet { corpus: &corpus, rows, classes, categories: &categories };
    TfidfClassifier::fit(training, options, &silent).unwrap_err().to_string()
}

#[test]
fn impossible_training_is_refused_with_the_reason() {
    let documents = ["some text", "other text"];
    let options = Options::default();
    let cases: [(&[usize], &[usize], Options, &str); 8] = [
        (&[0, 1], &[0], options, "there are 2 rows, but 1 classes"),
        (&[0, 2], &[0, 1], options, "the corpus has 2 documents, so there is no row `2`"),
        (&[0, 1], &[0, 2], options, "there are 2 categories, so there is no class `2`"),
        (&[0, 1], &[0, 0], options, "no training document in category `class 1`"),
        (&[], &[], options, "no training document in category `class 0`"),
        (
            &[0, 1],
            &[0, 1],
            Options { max_features: 0, ..options },
            "max_features must be positive: `0`",
        ),
        (
            &[0, 1],
            &[0, 1],
            Options { inverse_regularization: f64::NAN, ..options },
            "inverse_regularization must be positive: `NaN`",
        ),
        (
            &[0, 1],
            &[0, 1],
            Options { tolerance: 0.0, ..options },
            "tolerance must be positive: `0`",
        ),
    ];
    for (rows, classes, options, expected) in cases {
        assert_eq!(fit_error(&documents, rows, classes, &options), expected);
    }
    let found = fit_error(&["", "a"], &[0, 1], &[0, 1], &options);
    assert_eq!(found, "no terms: every training document is empty or nearly so");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_classified(text in any::<String>()) {
        let model = fit(&["some text", "other words"], &[0, 1], &Options { max_iterations: 3, ..Options::default() });
        let probabilities = model.log_probabilities(&[&text], &silent).unwrap();
        prop_assert!(probabilities.iter().all(|value| value.is_finite()));
    }
}
