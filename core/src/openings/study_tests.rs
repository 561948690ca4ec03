use super::*;
use crate::numeric::math::total_variation as distance;
use crate::openings::planted::PlantedOpenings;
use crate::openings::reestimate::OpeningsChoices;
use proptest::prelude::*;

fn study(planted: &PlantedOpenings, seed: u64, n_boot: u64) -> Study {
    let choices = OpeningsChoices { n_boot, unit: Unit::Documents, ..OpeningsChoices::default() };
    Study::new(&planted.evidence(seed), None, choices.study_options().unwrap()).unwrap()
}

fn replicates(study: &Study) -> Vec<OpeningsReplicate> {
    (0..study.options().n_replicates).map(|index| study.replicate(index)).collect()
}

#[test]
fn a_planted_mixture_is_found_whatever_the_colouring() {
    for colouring in [0.0, 0.3, 0.7] {
        for seed in 0..5 {
            let planted = PlantedOpenings { colouring, ..PlantedOpenings::default() };
            let study = study(&planted, seed, 0);
            let found = &study.following().mixture.shares;
            // 2,000 documents a category: errors of a share are about a hundredth.
            assert!(distance(found, &planted.truth) < 0.04, "{colouring} {seed} {found:?}");
            assert!(study.refusals().is_empty(), "{:?}", study.refusals());
        }
    }
}

#[test]
fn a_model_that_learned_all_alike_is_told_by_the_plain_fit() {
    let planted =
        PlantedOpenings { half_learned: 0.0, nuisance: 0.1, ..PlantedOpenings::default() };
    for seed in 0..5 {
        let choices = OpeningsChoices { n_boot: 0, learning: false, ..OpeningsChoices::default() };
        let evidence = planted.evidence(seed);
        let study = Study::new(&evidence, None, choices.study_options().unwrap()).unwrap();
        let found = &study.following().mixture.shares;
        assert!(distance(found, &planted.truth) < 0.04, "{seed} {found:?}");
        assert!(study.learning().is_none());
    }
}

#[test]
fn how_much_is_learned_is_found() {
    let planted =
        PlantedOpenings { n_documents: 50_000, spread: 0.0, ..PlantedOpenings::default() };
    let study = study(&planted, 2, 0);
    let found = study.learning().unwrap().half_learned;
    assert!((found / planted.half_learned - 1.0).abs() < 0.1, "{found}");
    assert_eq!(study.following().termination, crate::numeric::termination::Termination::Converged);
}

#[test]
fn what_the_model_expects_after_what_is_found() {
    let planted =
        PlantedOpenings { n_documents: 50_000, spread: 0.0, ..PlantedOpenings::default() };
    let study = study(&planted, 2, 0);
    let next = &study.following().next_from_last;
    for before in 0..4 {
        for after in 0..4 {
            let own = if before == after { planted.colouring } else { 0.0 };
            let expected = (1.0 - planted.colouring) * planted.truth[after] + own;
            assert!((next[(before, after)] - expected).abs() < 0.02, "{before} {after} {next:?}");
        }
    }
    assert!(study.following().certificate <= 1e-9);
}

#[test]
fn without_documents_before_one_row_is_the_answer() {
    let planted = PlantedOpenings { n_groups: 0, ..PlantedOpenings::default() };
    let study = study(&planted, 3, 20);
    assert_eq!(study.following().next_from_last.n_rows(), 1);
    assert!(distance(&study.following().mixture.shares, &planted.truth) < 0.04);
    let checks = study.checks(&replicates(&study));
    let colouring = checks.iter().find(|check| check.name == "colouring").unwrap();
    assert_eq!(colouring.verdict, crate::messages::check::Verdict::NotTested);
}

#[test]
fn intervals_hold_the_truth_and_the_absent() {
    let planted = PlantedOpenings { truth: vec![0.6, 0.3, 0.1, 0.0], ..PlantedOpenings::default() };
    let (mut held, mut all) = (0, 0);
    for seed in 0..10 {
        let study = study(&planted, seed, 60);
        let shares = study.shares(&replicates(&study)).documents;
        let ends = shares.ci_lo.unwrap().into_iter().zip(shares.ci_hi.unwrap());
        for ((lo, hi), truth) in ends.zip(&planted.truth) {
            // A share of exactly 0 is at the edge: a bound of a thousandth is as good.
            held += usize::from(lo <= truth + 1e-3 && *truth <= hi);
            all += 1;
        }
    }
    // These models err less than the planted ones that the intervals allow for.
    assert!(held >= all - 1, "{held} of {all}");
}

#[test]
fn a_model_that_begins_otherwise_is_refused() {
    let mut evidence = PlantedOpenings::default().evidence(4);
    // What it expects begins no document: new cells that no reference begins with.
    evidence.cells.extend(["-".to_owned(), "\n".to_owned()]);
    let add = |shares: &mut Vec<f64>, weight: f64| {
        shares.iter_mut().for_each(|share| *share *= 1.0 - weight);
        shares.extend([weight / 2.0, weight / 2.0]);
    };
    for references in &mut evidence.references {
        references.counts.extend([0.0, 0.0]);
        add(&mut references.anywhere, 0.05);
    }
    add(&mut evidence.nuisances.uniform, 0.05);
    add(&mut evidence.nuisances.anywhere, 0.05);
    add(&mut evidence.nuisances.line_starts, 0.05);
    for expectation in &mut evidence.expectations {
        add(&mut expectation.shares, 0.8);
    }
    let options =
        OpeningsChoices { n_boot: 0, ..OpeningsChoices::default() }.study_options().unwrap();
    let study = Study::new(&evidence, None, options).unwrap();
    assert!(
        study.refusals()[0]
            .contains("% of what the model expects first begins no reference document")
    );
}

#[test]
fn categories_that_begin_alike_are_refused_with_a_merge_to_join_them() {
    let planted = PlantedOpenings::default();
    let mut evidence = planted.evidence(5);
    evidence.references[1] = evidence.references[0].clone();
    let options = OpeningsChoices { n_boot: 0, ..OpeningsChoices::default() };
    let refused = Study::new(&evidence, None, options.study_options().unwrap()).unwrap();
    let reason = refused.refusals().join(" ");
    assert!(reason.contains("a and b: merge them with --merge \"a+b=a/b\""), "{reason}");
    let merge = vec!["a+b=ab".to_owned()];
    let options = OpeningsChoices { merge, ..options }.study_options().unwrap();
    let joined = Study::new(&evidence, None, options).unwrap();
    assert_eq!(joined.evidence().taxonomy.names(), ["ab", "c", "d"]);
}

#[test]
fn few_documents_are_refused() {
    let planted = PlantedOpenings { n_documents: 3, n_cells: 15, ..PlantedOpenings::default() };
    let reasons: Vec<String> =
        (0..5).flat_map(|seed| study(&planted, seed, 0).refusals().to_vec()).collect();
    assert!(
        reasons.iter().any(|reason| reason.contains("too few reference documents")),
        "{reasons:?}"
    );
}

#[test]
fn tests_alarm_where_something_is_wrong_and_seldom_where_nothing_is() {
    let planted = PlantedOpenings { colouring: 0.0, ..PlantedOpenings::default() };
    let p = |study: &Study, name| {
        let checks = study.checks(&replicates(study));
        checks.into_iter().find(|check| check.name == name).unwrap().p_value.unwrap()
    };
    let mut alarms = 0;
    for seed in 0..10 {
        alarms += usize::from(p(&study(&planted, seed, 60), "colouring") < 0.05);
    }
    assert!(alarms <= 2, "{alarms}");
    assert!(p(&study(&PlantedOpenings::default(), 1, 60), "colouring") < 0.05);
}

#[test]
fn tokens_follow_from_lengths() {
    use crate::shares::document_lengths::{CategoryLengths, Measure};
    let evidence = PlantedOpenings::default().evidence(1);
    let of = |mean| CategoryLengths { n: 100, mean, sd: 0.0 };
    let categories = vec![of(100.0), of(200.0), of(400.0), of(800.0)];
    let lengths = DocumentLengths { measure: Measure::Tokens, categories };
    let options = OpeningsChoices { n_boot: 10, ..OpeningsChoices::default() };
    let study = Study::new(&evidence, Some(&lengths), options.study_options().unwrap()).unwrap();
    let shares = study.shares(&replicates(&study));
    let expected = unit::token_shares(&shares.documents.point, &lengths.means());
    assert_eq!(shares.tokens.unwrap().point, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn shares_are_shares_whatever_the_evidence(seed in 0_u64..1_000, n_groups in 0_usize..4, nuisance in 0.0_f64..0.9, n in 1_usize..50) {
        let planted = PlantedOpenings { n_groups, nuisance, n_documents: n, ..PlantedOpenings::default() };
        let study = study(&planted, seed, 3);
        for shares in [study.following().mixture.shares.clone(), study.replicate(0).documents] {
            prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(shares.iter().all(|share| *share >= 0.0));
        }
    }
}
