use super::*;
use crate::label_shift::analysis::{LabelShift, LabelShiftOptions, analyze};
use crate::label_shift::estimate::doubt::Doubt;
use crate::label_shift::planted::{GaussianWorld, PlantedProblem};
use crate::messages::diagnostic::{Diagnostic, Severity};
use crate::numeric::matrix::Matrix;

fn scores(n_docs: usize, n_classes: usize) -> LogProbabilities {
    let row = vec![1.0 / n_classes as f64; n_classes];
    LogProbabilities::from_probabilities(&vec![row; n_docs]).unwrap()
}

/// A well-formed problem of two categories, to be spoilt.
fn parts() -> (Taxonomy, Validation, Generations) {
    let validation =
        Validation { scores: scores(4, 2), classes: vec![0, 0, 1, 1], folds: vec![7, 9, 7, 9] };
    let generations = Generations { scores: scores(3, 2), prompts: None };
    (Taxonomy::new(["Web", "Books"]).unwrap(), validation, generations)
}

fn message(spoil: impl Fn(&mut Validation, &mut Generations)) -> String {
    let (taxonomy, mut validation, mut generations) = parts();
    spoil(&mut validation, &mut generations);
    let method = CalibrationMethod::BiasCorrected;
    Problem::new(taxonomy, validation, generations, method).unwrap_err().to_string()
}

#[test]
fn malformed_problems_are_refused_with_the_fault_named() {
    assert_eq!(message(|v, _| v.classes.truncate(3)), "3 true classes for 4 documents");
    assert_eq!(message(|v, _| v.folds.push(1)), "5 folds for 4 documents");
    assert_eq!(message(|_, g| g.prompts = Some(vec![1])), "1 prompts for 3 documents");
    assert_eq!(
        message(|_, g| g.scores = LogProbabilities::new(Matrix::zeros(0, 2)).unwrap()),
        "no generated texts"
    );
    assert_eq!(
        message(|_, g| g.scores = scores(3, 5)),
        "the generated texts have 5 probabilities each, for 2 categories"
    );
    assert_eq!(
        message(|v, _| v.scores = scores(4, 3)),
        "the validation documents have 3 probabilities each, for 2 categories"
    );
    assert_eq!(
        message(|v, _| v.classes[2] = 2),
        "validation document 3 has a class beyond the last category: `2`"
    );
    assert_eq!(
        message(|v, _| v.classes = vec![0; 4]),
        "no validation document of category `Books`"
    );
    assert_eq!(
        message(|v, _| v.folds = vec![7; 4]),
        "all validation documents are in one fold: `7`; calibration needs two or more"
    );
}

#[test]
fn one_fold_will_do_without_calibration() {
    let (taxonomy, mut validation, generations) = parts();
    validation.folds = vec![7; 4];
    let problem = Problem::new(taxonomy, validation, generations, CalibrationMethod::None).unwrap();
    let calibration = CalibrationMethod::None;
    let found = analyze(problem, LabelShiftOptions { estimator: Estimator::Pacc, calibration });
    assert_eq!(found.estimate.estimator, Estimator::Pacc);
}

#[test]
fn documents_of_a_fold_are_calibrated_by_the_others() {
    // Fold 0 is inverted, fold 1 is right: each fold must get the other's slope.
    let right = [[0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.6, 0.4], [0.1, 0.9], [0.3, 0.7]];
    let inverted = right.map(|[first, second]| [second, first]);
    let rows: Vec<[f64; 2]> = inverted.into_iter().chain(right).collect();
    let validation = Validation {
        scores: LogProbabilities::from_probabilities(&rows).unwrap(),
        classes: [0, 0, 1, 1, 1, 0].repeat(2),
        folds: [vec![0; 6], vec![1; 6]].concat(),
    };
    let (taxonomy, _, generations) = parts();
    let method = CalibrationMethod::Temperature;
    let problem = Problem::new(taxonomy, validation, generations, method).unwrap();
    let weights = problem.unit_weights();
    let fitted = problem.calibrate(&weights, method, 1e-9, true, None);
    assert!(problem.calibration_of(0, &fitted).slope > 0.1);
    assert!(problem.calibration_of(6, &fitted).slope < -0.1);
    // Together they say nothing; the slight penalty alone pulls towards 1.
    assert!(fitted.all.calibration.slope.abs() < 1e-2);
}

fn planted_analysis(
    n_validation: usize,
    n_generations: usize,
    temperature: f64,
    prompts: Option<Vec<u64>>,
    estimator: Estimator,
) -> LabelShift {
    let planted = PlantedProblem {
        world: GaussianWorld::equidistant(2, 0.9),
        truth: crate::shares::mixture::Mixture::new(vec![0.7, 0.3]).unwrap(),
        temperature,
        n_validation,
        n_folds: 2,
        n_generations,
    };
    let (validation, generations) = planted.draw(1, 0);
    let generations = Generations { prompts, ..generations };
    let options = LabelShiftOptions { estimator, ..LabelShiftOptions::default() };
    let taxonomy = Taxonomy::new(["Web", "Books"]).unwrap();
    analyze(Problem::new(taxonomy, validation, generations, options.calibration).unwrap(), options)
}

fn codes(analysis: &LabelShift) -> Vec<&'static str> {
    analysis.doubts.iter().map(Doubt::code).collect()
}

#[test]
fn a_sound_problem_raises_no_doubt() {
    assert_eq!(codes(&planted_analysis(200, 300, 1.0, None, Estimator::Em)), Vec::<&str>::new());
}

#[test]
fn small_samples_and_inconsistent_estimators_raise_doubts() {
    let prompts = Some((0..30).map(|text| text / 10).collect());
    let found = planted_analysis(30, 30, 1.0, prompts, Estimator::Counting);
    let expected = [
        "inconsistent_estimator",
        "few_validation_documents",
        "few_validation_documents",
        "few_generations",
        "few_prompts",
    ];
    assert_eq!(codes(&found), expected);
    let diagnostic = Diagnostic::from(&found.doubts[1]);
    assert_eq!(diagnostic.severity, Severity::Warning);
    assert_eq!(diagnostic.message, "only 15 validation documents of `Web`; 20 or more are needed");
}

#[test]
fn an_inverted_classifier_raises_a_doubt() {
    let found = planted_analysis(200, 300, -1.0, None, Estimator::Em);
    assert!(codes(&found).contains(&"scores_uninformative"), "{:?}", found.doubts);
}
