use super::*;
use crate::label_shift::analysis::{LabelShiftOptions, analyze};
use crate::label_shift::bootstrap::{Bootstrap, Replicate};
use crate::label_shift::calibration::CalibrationMethod;
use crate::label_shift::estimate::problem::{Generations, Problem, Validation};
use crate::label_shift::planted::{GaussianWorld, PlantedProblem};
use crate::messages::check::{Check, Verdict};
use crate::numeric::log_probabilities::LogProbabilities;
use crate::numeric::p_value::p_value;
use crate::numeric::rng::RandomStream;
use crate::shares::mixture::Mixture;
use crate::shares::taxonomy::Taxonomy;

const N_TESTED: u64 = 39;

fn planted(accuracy: f64) -> PlantedProblem {
    PlantedProblem {
        world: GaussianWorld::equidistant(3, accuracy),
        truth: Mixture::new(vec![0.6, 0.3, 0.1]).unwrap(),
        temperature: 0.5,
        n_validation: 240,
        n_folds: 2,
        n_generations: 200,
    }
}

fn checks_of(validation: Validation, generations: Generations) -> Vec<Check> {
    let taxonomy = Taxonomy::new(["a", "b", "c"]).unwrap();
    let options = LabelShiftOptions::default();
    let problem = Problem::new(taxonomy, validation, generations, options.calibration).unwrap();
    let analysis = analyze(problem, options);
    let trust = Trust::new(&analysis, 3);
    let draws: Vec<TrustDraw> = (0..N_TESTED).map(|index| trust.draw(index)).collect();
    let bootstrap = Bootstrap::new(&analysis, 3);
    let replicates: Vec<Replicate> =
        (0..N_TESTED).map(|index| bootstrap.replicate(index)).collect();
    trust.checks(&analysis, &draws, &replicates)
}

fn verdict(checks: &[Check], name: &str) -> Verdict {
    checks.iter().find(|check| check.name == name).unwrap().verdict
}

#[test]
fn nothing_is_wrong_where_nothing_is_planted() {
    let (validation, generations) = planted(0.85).draw(1, 0);
    let checks = checks_of(validation, generations);
    for name in ["fit", "typicality", "agreement", "separation"] {
        assert_eq!(verdict(&checks, name), Verdict::Holds, "{checks:?}");
    }
    assert_eq!(verdict(&checks, "prompts"), Verdict::NotTested);
    assert!(checks.iter().all(|check| CODES.contains(&check.name)));
    assert!(checks[0].sentence.contains("(p = "), "{}", checks[0].sentence);
}

/// Probabilities as a file holds them that rounds to one over `scale`.
fn rounded_to(scores: &LogProbabilities, scale: f64) -> LogProbabilities {
    let rows: Vec<Vec<f64>> = (0..scores.n_docs())
        .map(|doc| {
            let shown = |x: &f64| (crate::numeric::math::exp(*x) * scale).round() / scale + 1e-3;
            let row: Vec<f64> = scores.row(doc).iter().map(shown).collect();
            let total: f64 = row.iter().sum();
            row.iter().map(|entry| entry / total).collect()
        })
        .collect();
    LogProbabilities::from_probabilities(&rows).unwrap()
}

#[test]
fn many_verdicts_that_are_equally_sure_raise_no_alarm() {
    let mut alarms = 0;
    for run in 0..20 {
        let (mut validation, mut generations) = planted(0.95).draw(31, run);
        validation.scores = rounded_to(&validation.scores, 100.0);
        generations.scores = rounded_to(&generations.scores, 100.0);
        let checks = checks_of(validation, generations);
        alarms += u32::from(verdict(&checks, "typicality") == Verdict::Fails);
    }
    // Five in twenty or more have a chance of .003 where each alarm has one of .05.
    assert!(alarms < 5, "{alarms} false alarms in 20 runs");
}

#[test]
fn texts_that_the_classifier_is_less_sure_of_fail_fit_and_typicality() {
    let (validation, mut generations) = planted(0.9).draw(2, 0);
    let classes: Vec<usize> = (0..200).map(|text| text % 3).collect();
    let blurred = GaussianWorld::equidistant(3, 0.6);
    generations.scores = blurred.classify(&classes, 0.5, &mut RandomStream::new(4, 0));
    let checks = checks_of(validation, generations);
    assert_eq!(verdict(&checks, "fit"), Verdict::Fails, "{checks:?}");
    assert_eq!(verdict(&checks, "typicality"), Verdict::Fails, "{checks:?}");
    let sentence = &checks[1].sentence;
    assert!(sentence.contains("less sure") && sentence.ends_with("(p = 0.03)"), "{sentence}");
}

#[test]
fn prompts_with_mixtures_of_their_own_are_found() {
    let (validation, mut generations) = planted(0.85).draw(3, 0);
    // Ten prompts; all texts of one are of one category.
    let classes: Vec<usize> = (0..200).map(|text| text / 20 % 3).collect();
    generations.scores = planted(0.85).world.classify(&classes, 0.5, &mut RandomStream::new(5, 0));
    generations.prompts = Some((0..200).map(|text| text / 20).collect());
    let checks = checks_of(validation.clone(), generations.clone());
    assert_eq!(verdict(&checks, "prompts"), Verdict::Fails, "{checks:?}");
    // The same texts dealt to prompts evenly.
    generations.prompts = Some((0..200).map(|text| text % 20).collect());
    let checks = checks_of(validation, generations);
    assert_eq!(verdict(&checks, "prompts"), Verdict::Holds, "{checks:?}");
}

#[test]
fn a_blind_classifier_separates_nothing_and_a_merge_is_offered() {
    let rows: Vec<[f64; 3]> =
        (0..60).map(|doc| if doc % 3 == 0 { [0.8, 0.1, 0.1] } else { [0.1, 0.45, 0.45] }).collect();
    let validation = Validation {
        scores: LogProbabilities::from_probabilities(&rows).unwrap(),
        classes: (0..60).map(|doc| doc % 3).collect(),
        folds: (0..60).map(|doc| doc / 3 % 2).collect(),
    };
    let generations = Generations { scores: validation.scores.clone(), prompts: None };
    let checks = checks_of(validation, generations);
    let separation = checks.iter().find(|check| check.name == "separation").unwrap();
    assert_eq!(separation.verdict, Verdict::Fails);
    let expected = "the classifier cannot tell apart b and c: merge them with --merge \"b+c=b/c\"";
    assert!(separation.sentence.starts_with(expected), "{}", separation.sentence);
}

#[test]
fn too_few_draws_test_nothing() {
    let (validation, generations) = planted(0.85).draw(1, 0);
    let taxonomy = Taxonomy::new(["a", "b", "c"]).unwrap();
    let method = CalibrationMethod::BiasCorrected;
    let problem = Problem::new(taxonomy, validation, generations, method).unwrap();
    let analysis = analyze(problem, LabelShiftOptions::default());
    let checks = Trust::new(&analysis, 0).checks(&analysis, &[], &[]);
    assert_eq!(checks.len(), 2);
    assert_eq!(verdict(&checks, "untested"), Verdict::NotTested);
}

#[test]
fn p_values_match_the_closed_form() {
    // Davison & Hinkley, equation 4.11: (1 + 1) / (4 + 1).
    assert_eq!(p_value(2.0, [0.5, 1.0, 2.0, 1.9].into_iter()), 0.4);
    assert_eq!(p_value(0.0, std::iter::empty()), 1.0);
}
