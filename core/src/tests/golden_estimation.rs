//! The estimation mathematics against SciPy, scikit-learn, QuaPy and the seed study.
//! The numbers were made by `tests/oracle/estimation.py`; its versions stand in the golden file.

use crate::label_shift::analysis::{LabelShift, LabelShiftOptions, analyze};
use crate::label_shift::calibration::{CalibrationMethod, WeightedDocuments, fit};
use crate::label_shift::confusion_matrix::{
    ConfusionMatrix, Hard, PredictedShares, Soft, VoteCount,
};
use crate::label_shift::estimate::problem::{Generations, Problem, Validation};
use crate::label_shift::estimate::{Estimator, inversion};
use crate::numeric::log_probabilities::LogProbabilities;
use crate::numeric::termination::Termination;
use crate::shares::taxonomy::Taxonomy;
use serde_json::Value;

const ESTIMATION: &str = include_str!("../../../tests/golden/estimation.json");
const PRIORS: &str = include_str!("../../../tests/golden/priors.json");

fn cases() -> Vec<Value> {
    let golden: Value = serde_json::from_str(ESTIMATION).unwrap();
    golden["cases"].as_array().unwrap().clone()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

fn positions(value: &Value) -> Vec<usize> {
    let position = |entry: &Value| usize::try_from(entry.as_u64().unwrap()).unwrap();
    value.as_array().unwrap().iter().map(position).collect()
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (index, (x, y)) in found.iter().zip(expected).enumerate() {
        assert!((x - y).abs() <= tolerance, "entry {index}: {x} is not {y} within {tolerance}");
    }
}

fn analysis(case: &Value, estimator: Estimator) -> LabelShift {
    let validation = Validation {
        scores: LogProbabilities::from_probabilities(&rows(&case["validation"])).unwrap(),
        classes: positions(&case["classes"]),
        folds: positions(&case["folds"]).into_iter().map(|fold| fold as u64).collect(),
    };
    let generations = Generations {
        scores: LogProbabilities::from_probabilities(&rows(&case["texts"])).unwrap(),
        prompts: None,
    };
    let calibration = CalibrationMethod::BiasCorrected;
    let taxonomy = Taxonomy::new(["a", "b", "c", "d"]).unwrap();
    let problem = Problem::new(taxonomy, validation, generations, calibration).unwrap();
    analyze(problem, LabelShiftOptions { estimator, calibration })
}

#[test]
fn calibrations_match_scipy() {
    for case in cases() {
        let scores = LogProbabilities::from_probabilities(&rows(&case["validation"])).unwrap();
        let classes = positions(&case["classes"]);
        let weights = vec![1.0; classes.len()];
        let documents = WeightedDocuments { scores: &scores, classes: &classes, weights: &weights };
        let temperature = fit(&documents, CalibrationMethod::Temperature, 1e-10, None);
        assert_eq!(temperature.termination, Termination::Converged);
        assert_close(
            &[temperature.calibration.slope],
            &[number(&case["temperature"]["slope"])],
            1e-6,
        );
        let biased = fit(&documents, CalibrationMethod::BiasCorrected, 1e-10, None);
        assert_eq!(biased.termination, Termination::Converged);
        assert_close(&[biased.calibration.slope], &[number(&case["bcts"]["slope"])], 1e-6);
        assert_close(&biased.calibration.biases, &numbers(&case["bcts"]["biases"]), 1e-6);
    }
}

#[test]
fn validation_figures_match_scikit_learn() {
    for case in cases() {
        let found = analysis(&case, Estimator::Em);
        let metrics = &found.validation;
        assert_close(&[metrics.accuracy], &[number(&case["accuracy"])], 1e-12);
        assert_close(&[metrics.macro_f1], &[number(&case["macro_f1"])], 1e-12);
        assert_close(&[metrics.nll_before], &[number(&case["nll_before"])], 1e-12);
        assert_close(&[metrics.nll_after], &[number(&case["nll_after"])], 1e-6);
        assert_close(&[metrics.ece_before], &[number(&case["ece_before"])], 1e-12);
        assert_close(&[metrics.ece_after], &[number(&case["ece_after"])], 1e-6);
        let hard = found.hard_confusion.rows_by_true_class();
        assert_close(hard.values(), &rows(&case["hard_rows_by_true"]).concat(), 1e-12);
        let soft = found.soft_confusion.rows_by_true_class();
        assert_close(soft.values(), &rows(&case["soft_rows_by_true"]).concat(), 1e-6);
        assert_close(&found.soft_means, &numbers(&case["soft_means"]), 1e-6);
        assert_close(&found.hard_shares, &numbers(&case["hard_shares"]), 1e-12);
    }
}

#[test]
fn em_matches_a_hundred_thousand_plain_iterations_and_quapy() {
    for case in cases() {
        let found = analysis(&case, Estimator::Em).estimate;
        assert_eq!(found.termination, Termination::Converged);
        assert!(found.certificate <= 1e-10, "{found:?}");
        assert_close(found.mixture.shares(), &numbers(&case["em"]), 1e-6);
        assert_close(found.mixture.shares(), &numbers(&case["em_quapy"]), 1e-6);
    }
}

#[test]
fn matched_inversions_match_scipy() {
    for case in cases() {
        for (estimator, name) in [(Estimator::Pacc, "pacc"), (Estimator::Acc, "acc")] {
            let found = analysis(&case, estimator).estimate;
            assert_eq!(found.termination, Termination::Converged);
            assert_close(found.mixture.shares(), &numbers(&case[name]), 1e-6);
        }
        let counting = analysis(&case, Estimator::Counting).estimate;
        assert_close(counting.mixture.shares(), &numbers(&case["soft_means"]), 1e-6);
    }
}

#[test]
fn seed_estimator_matches_the_seed_study() {
    let golden: Value = serde_json::from_str(PRIORS).unwrap();
    let cases = golden["priors"].as_array().unwrap();
    assert_eq!(cases.len(), 14);
    for case in cases {
        let rows_by_true = rows(&case["true_given_row_predicted_column"]);
        let confusion = hard_matrix_with(&rows_by_true);
        let mut means = PredictedShares::<Soft>::new(rows_by_true.len());
        means.add(&numbers(&case["pbar"]), 1.0);
        let found = inversion::seed(&confusion, &means);
        assert_close(found.mixture.shares(), &numbers(&case["lstsq_then_project"]), 1e-10);
    }
}

/// A hard matrix with these rows: one vote per cell, as heavy as its entry.
fn hard_matrix_with(rows_by_true: &[Vec<f64>]) -> ConfusionMatrix<Hard> {
    let mut votes = VoteCount::new(rows_by_true.len());
    for (true_class, row) in rows_by_true.iter().enumerate() {
        for (predicted, &share) in row.iter().enumerate() {
            let mut certain = vec![0.0; row.len()];
            certain[predicted] = 1.0;
            votes.add(true_class, &certain, share);
        }
    }
    ConfusionMatrix::of(votes).unwrap()
}
