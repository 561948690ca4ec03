use super::*;
use crate::label_shift::analysis::{LabelShiftOptions, analyze};
use crate::label_shift::calibration::CalibrationMethod;
use crate::label_shift::estimate::problem::{Generations, Problem, Validation};
use crate::label_shift::planted::{GaussianWorld, PlantedProblem};
use crate::numeric::log_probabilities::LogProbabilities;
use crate::shares::taxonomy::Taxonomy;
use serde_json::Value;

const GOLDEN: &str = include_str!("../../../tests/golden/estimation.json");

fn rows(value: &Value) -> LogProbabilities {
    let rows: Vec<Vec<f64>> = value
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect())
        .collect();
    LogProbabilities::from_probabilities(&rows).unwrap()
}

fn integers(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|x| x.as_u64().unwrap()).collect()
}

fn golden_analysis(case: &Value) -> LabelShift {
    let classes = integers(&case["classes"]).into_iter().map(|x| usize::try_from(x).unwrap());
    let validation = Validation {
        scores: rows(&case["validation"]),
        classes: classes.collect(),
        folds: integers(&case["folds"]),
    };
    let generations = Generations { scores: rows(&case["texts"]), prompts: None };
    let options = LabelShiftOptions::default();
    let taxonomy = Taxonomy::new(["a", "b", "c", "d"]).unwrap();
    let problem = Problem::new(taxonomy, validation, generations, options.calibration).unwrap();
    analyze(problem, options)
}

#[test]
fn regions_match_brute_force_in_scipy() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    for case in golden["cases"].as_array().unwrap() {
        let analysis = golden_analysis(case);
        let influence = influence::LikelihoodInfluence::of(&analysis);
        for class in 0..4 {
            let density = profile::log_density(&influence, class, 1.0, 12.0);
            let found = density.highest_region(0.95);
            let expected = &case["regions"][class];
            let (lo, hi) = (expected[0].as_f64().unwrap(), expected[1].as_f64().unwrap());
            assert!((found.lo() - lo).abs() < 2e-4, "{class}: {found:?} {expected}");
            assert!((found.hi() - hi).abs() < 2e-4, "{class}: {found:?} {expected}");
        }
    }
}

#[test]
fn profile_differences_match_scipy() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    for case in golden["cases"].as_array().unwrap() {
        let analysis = golden_analysis(case);
        let influence = influence::LikelihoodInfluence::of(&analysis);
        let class = usize::try_from(case["profile_class"].as_u64().unwrap()).unwrap();
        let at = |share: f64| profile::value_at(&influence, class, share);
        for (share, expected) in
            [0.05, 0.2, 0.4].into_iter().zip(case["profile"].as_array().unwrap())
        {
            let found = at(share) - at(0.3);
            assert!(
                (found - expected.as_f64().unwrap()).abs() < 1e-5,
                "{share}: {found} {expected}"
            );
        }
    }
}

fn planted(n_validation: usize, n_generations: usize) -> PlantedProblem {
    PlantedProblem {
        world: GaussianWorld::equidistant(3, 0.8),
        truth: Mixture::new(vec![0.7, 0.3, 0.0]).unwrap(),
        temperature: 0.5,
        n_validation,
        n_folds: 3,
        n_generations,
    }
}

fn planted_analysis(planted: &PlantedProblem, estimator: Estimator) -> LabelShift {
    let (validation, generations) = planted.draw(3, 0);
    let calibration = CalibrationMethod::BiasCorrected;
    let taxonomy = Taxonomy::new(["a", "b", "c"]).unwrap();
    let problem = Problem::new(taxonomy, validation, generations, calibration).unwrap();
    analyze(problem, LabelShiftOptions { estimator, calibration })
}

fn replicates(bootstrap: &Bootstrap<'_>, n: u64) -> Vec<Replicate> {
    (0..n).map(|index| bootstrap.replicate(index)).collect()
}

#[test]
fn a_replicate_depends_on_seed_and_index_alone() {
    for estimator in Estimator::ALL {
        let analysis = planted_analysis(&planted(120, 200), estimator);
        let bootstrap = Bootstrap::new(&analysis, 9);
        let late_first = [bootstrap.replicate(7), bootstrap.replicate(0)];
        let again = Bootstrap::new(&analysis, 9);
        assert_eq!(again.replicate(0), late_first[1]);
        assert_eq!(again.replicate(7), late_first[0]);
        assert_ne!(late_first[0], late_first[1]);
        assert_ne!(Bootstrap::new(&analysis, 10).replicate(7), late_first[0]);
    }
}

#[test]
fn intervals_hold_the_estimate_and_lie_within_the_bounds() {
    for estimator in [Estimator::Em, Estimator::Pacc, Estimator::Acc] {
        let analysis = planted_analysis(&planted(120, 200), estimator);
        let bootstrap = Bootstrap::new(&analysis, 1);
        let replicates = replicates(&bootstrap, 60);
        let narrow = bootstrap.intervals(&replicates, 0.8);
        for (class, wide) in bootstrap.intervals(&replicates, 0.95).into_iter().enumerate() {
            assert!(wide.lo() >= 0.0 && wide.hi() <= 1.0, "{estimator}: {wide:?}");
            assert!(wide.contains(narrow[class].lo()) && wide.contains(narrow[class].hi()));
            let share = analysis.estimate.mixture.shares()[class];
            // Inverted estimates need not be the projection of their unbounded selves, hence slack.
            assert!(
                wide.lo() - 0.02 <= share && share <= wide.hi() + 0.02,
                "{estimator}: {wide:?} {share}"
            );
        }
    }
}

#[test]
fn a_category_without_texts_has_the_rule_of_three() {
    // Nearly perfect classification, 300 texts, none of the third category: [0, 3 / 300].
    let planted =
        PlantedProblem { world: GaussianWorld::equidistant(3, 0.999_9), ..planted(300, 300) };
    for estimator in [Estimator::Em, Estimator::Pacc, Estimator::Acc] {
        let analysis = planted_analysis(&planted, estimator);
        let bootstrap = Bootstrap::new(&analysis, 4);
        let interval = bootstrap.intervals(&replicates(&bootstrap, 40), 0.95)[2];
        assert_eq!(interval.lo(), 0.0);
        assert!((interval.hi() - 0.01).abs() < 1.5e-3, "{estimator}: {interval:?}");
    }
}

#[test]
fn one_category_is_certain() {
    let scores = LogProbabilities::from_probabilities(&[[1.0]; 4]).unwrap();
    let validation =
        Validation { scores: scores.clone(), classes: vec![0; 4], folds: vec![0, 1, 0, 1] };
    let generations = Generations { scores, prompts: None };
    let options = LabelShiftOptions::default();
    let taxonomy = Taxonomy::new(["only"]).unwrap();
    let problem = Problem::new(taxonomy, validation, generations, options.calibration).unwrap();
    let analysis = analyze(problem, options);
    let bootstrap = Bootstrap::new(&analysis, 0);
    let interval = bootstrap.intervals(&replicates(&bootstrap, 3), 0.95)[0];
    assert_eq!((interval.lo(), interval.hi()), (1.0, 1.0));
}
