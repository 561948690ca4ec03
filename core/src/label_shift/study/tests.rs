use super::prepared::LENGTHS_UNKNOWN;
use super::*;
use crate::label_shift::calibration::CalibrationMethod;
use crate::label_shift::estimate::Estimator;
use crate::label_shift::estimate::problem::Problem;
use crate::label_shift::planted::{GaussianWorld, PlantedProblem, Violation};
use crate::numeric::interval::Interval;
use crate::shares::document_lengths::{CategoryLengths, DocumentLengths, Measure};
use crate::shares::mixture::Mixture;
use crate::shares::taxonomy::Taxonomy;
use crate::shares::unit::{self, Unit};

fn options(estimator: Estimator, unknown: UnknownChoice) -> StudyOptions {
    StudyOptions {
        estimator,
        calibration: CalibrationMethod::default(),
        merges: Vec::new(),
        unit: Unit::Tokens,
        unknown,
        level: 0.95,
        n_replicates: 20,
        seed: 8,
    }
}

fn study(unknown_share: f64, options: StudyOptions, lengths: Option<DocumentLengths>) -> Study {
    let planted = PlantedProblem {
        world: GaussianWorld::equidistant(4, 0.95),
        truth: Mixture::new(vec![0.5, 0.3, 0.2]).unwrap(),
        temperature: 0.5,
        n_validation: 600,
        n_folds: 2,
        n_generations: 600,
    };
    let (validation, generations) = planted.draw_violated(Violation::Unseen(unknown_share), 6, 0);
    let taxonomy = Taxonomy::new(["a", "b", "c"]).unwrap();
    let method = options.calibration;
    let problem = Problem::new(taxonomy, validation, generations, method).unwrap();
    Study::of_problem(problem, lengths, options)
}

/// The shares of a study, with everything made in turn.
fn shares(study: &Study) -> StudyShares {
    let replicates: Vec<StudyReplicate> =
        (0..study.options().n_replicates).map(|index| study.replicate(index)).collect();
    let intervals: Vec<Interval> =
        (0..study.n_intervals()).map(|class| study.interval(class, &replicates)).collect();
    study.shares(&replicates, &intervals)
}

#[test]
fn a_fifth_of_unknown_texts_is_found_and_the_rest_keeps_its_mixture() {
    let study = study(0.2, options(Estimator::Em, UnknownChoice::Estimated), None);
    let found = shares(&study).unknown.unwrap();
    let (lo, hi) = (found.share.ci_lo.unwrap(), found.share.ci_hi.unwrap());
    assert!(lo <= 0.2 && 0.2 <= hi && lo > 0.0, "{found:?}");
    let point = &found.with_unknown.point;
    assert!((point.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    // A standard error of a share is about .03.
    for (share, truth) in point.iter().zip([0.4, 0.24, 0.16, 0.2]) {
        assert!((share - truth).abs() < 0.12, "{point:?}");
    }
}

#[test]
fn without_unknown_texts_the_interval_holds_zero() {
    let study = study(0.0, options(Estimator::Em, UnknownChoice::Estimated), None);
    let found = shares(&study).unknown.unwrap();
    assert_eq!(found.share.ci_lo, Some(0.0), "{found:?}");
    assert_eq!(found.share.method, "sure_half");
}

#[test]
fn the_threshold_counts_texts_below_it() {
    let study = study(0.2, options(Estimator::Em, UnknownChoice::Threshold(1.0)), None);
    let found = shares(&study).unknown.unwrap();
    // Every text's largest probability is below 1.
    assert_eq!((found.share.share, found.share.threshold), (1.0, Some(1.0)));
}

#[test]
fn shares_of_tokens_are_given_where_lengths_are_known_and_missed_where_not() {
    let of = |mean| CategoryLengths { n: 100, mean, sd: mean };
    let lengths = DocumentLengths {
        measure: Measure::Tokens,
        categories: vec![of(10.0), of(100.0), of(1000.0)],
    };
    let known = study(0.0, options(Estimator::Pacc, UnknownChoice::Ignored), Some(lengths.clone()));
    let shares = shares(&known);
    let tokens = shares.tokens.unwrap();
    let expected = unit::token_shares(&shares.documents.point, &lengths.means());
    assert_eq!(tokens.point, expected);
    let (lo, hi) = (tokens.ci_lo.unwrap(), tokens.ci_hi.unwrap());
    for class in 0..3 {
        assert!(lo[class] < expected[class] && expected[class] < hi[class]);
        let drawn: Vec<f64> = shares.replicates.iter().map(|row| row[class]).collect();
        assert!(drawn.iter().any(|share| share != &drawn[0]));
    }
    let lacking = study(0.0, options(Estimator::Pacc, UnknownChoice::Ignored), None);
    assert_eq!(lacking.unit(), Unit::Documents);
    let codes: Vec<String> =
        lacking.diagnostics(&[], 1.0).into_iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, [LENGTHS_UNKNOWN]);
    assert!(known.diagnostics(&[], 1.0).is_empty());
}

#[test]
fn texts_that_fit_no_mixture_widen_intervals_and_replicates_and_it_is_said() {
    let of = |unknown_share| {
        let study = study(unknown_share, options(Estimator::Em, UnknownChoice::Ignored), None);
        let replicates: Vec<StudyReplicate> =
            (0..study.options().n_replicates).map(|index| study.replicate(index)).collect();
        (study, replicates)
    };
    let (study, replicates) = of(0.5);
    let dispersion = study.dispersion(&replicates);
    assert!(dispersion > 4.0, "{dispersion}");
    for class in 0..3 {
        let (shown, chance) =
            (study.interval(class, &replicates), study.interval_of_chance(class, &replicates));
        assert!(shown.width() > 1.5 * chance.width(), "{shown:?} {chance:?}");
    }
    let found = study.shares(&replicates, &[]);
    for (row, one) in found.replicates.iter().zip(&replicates) {
        assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        // Twice as far from the estimate, at least, unless a bound is in the way.
        let (point, drawn) = (&found.documents.point, one.replicate.mixture.shares());
        let far = |shares: &[f64]| crate::numeric::math::total_variation(point, shares);
        assert!(far(row) > 1.2 * far(drawn) || row.contains(&0.0), "{row:?} {drawn:?}");
    }
    let codes = |dispersion| -> Vec<String> {
        study.diagnostics(&[], dispersion).into_iter().map(|one| one.code).collect()
    };
    assert!(codes(dispersion).contains(&"intervals_widened".to_owned()));
    assert!(!codes(1.0).contains(&"intervals_widened".to_owned()));
    let (study, replicates) = of(0.0);
    assert!(study.dispersion(&replicates) < 2.0, "{}", study.dispersion(&replicates));
}
