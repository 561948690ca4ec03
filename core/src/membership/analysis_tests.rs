use super::*;
use crate::membership::planted::{PlantedScores, Shape};

fn scores(name: &str, share: f64, shift: f64, seed: u64) -> CategoryScores {
    let problem = PlantedScores {
        shape: Shape::Normal,
        shift,
        share,
        n_candidates: 300,
        n_nonmembers: 300,
        n_members: 0,
    };
    let drawn = problem.draw(seed, 0);
    CategoryScores {
        name: name.to_owned(),
        candidates: drawn.candidates,
        nonmembers: drawn.nonmembers,
        ..CategoryScores::default()
    }
}

const OPTIONS: AnalysisOptions = AnalysisOptions { level: 0.95, n_replicates: 100, seed: 3 };

fn result(name: &str, share: f64, shift: f64, seed: u64) -> CategoryResult {
    CategoryResult::of(&scores(name, share, shift, seed), seed, &OPTIONS)
}

#[test]
fn a_known_share_is_told_with_interval_and_replicates() {
    let found = result("Web", 0.4, 4.0, 1);
    assert_eq!((found.method, found.identifiable), (ShareMethod::Calibrated, true));
    assert!((found.share.unwrap() - 0.4).abs() < 0.1);
    assert!(found.interval.unwrap().contains(0.4));
    assert_eq!(found.replicates.len(), 100);
    assert!(found.interval.unwrap().contains(found.mean.unwrap()));
    assert!(found.doubts.is_empty(), "{:?}", found.doubts);
    let quality = found.quality.unwrap();
    assert!((0.6..0.8).contains(&quality.auroc), "0.4 of 0.998 and 0.6 of 0.5");
}

#[test]
fn an_unknown_share_is_refused_with_its_bounds() {
    let found = result("Web", 0.4, 0.2, 1);
    assert_eq!((found.identifiable, found.share), (false, None));
    assert!(found.interval.unwrap().width() > 0.7);
    assert_eq!(found.doubts[0].code, "not_identifiable");
    let mut alone = scores("Web", 0.4, 0.2, 1);
    alone.nonmembers.clear();
    let found = CategoryResult::of(&alone, 0, &OPTIONS);
    assert_eq!((found.share, found.interval, found.quality), (None, None, None));
    assert!(found.tests.is_some() && found.mixture.is_some());
    assert_eq!(found.doubts[0].code, "not_identifiable");
    let nothing = CategoryScores { name: "empty".to_owned(), ..CategoryScores::default() };
    let found = CategoryResult::of(&nothing, 0, &OPTIONS);
    assert_eq!((found.n, found.doubts[0].code), (0, "no_documents"));
}

#[test]
fn a_share_that_the_whole_shift_contradicts_is_refused() {
    // Three of four candidates are members; the fit sees the few that stand far out.
    let golden = include_str!("../../../tests/golden/lowercase_web.json");
    let golden: serde_json::Value = serde_json::from_str(golden).unwrap();
    let side = |name: &str| serde_json::from_value(golden[name].clone()).unwrap();
    let scores = CategoryScores {
        name: "Web".to_owned(),
        candidates: side("candidates"),
        nonmembers: side("nonmembers"),
        ..CategoryScores::default()
    };
    let result = CategoryResult::of(&scores, 0, &AnalysisOptions::default());
    let least = |scores: &CategoryScores| {
        least_share(&Auroc::of(&scores.candidates, &scores.nonmembers).unwrap())
    };
    assert!(least(&scores) > 0.25, "{}", least(&scores));
    assert!(!result.identifiable && result.share.is_none());
    assert!(result.interval.unwrap().contains(0.75));
    let told = result.doubts.iter().find(|told| told.code == "not_identifiable").unwrap();
    assert!(told.sentence.contains("would have to be members"), "{}", told.sentence);
    // Where members are all that scores higher, nothing is contradicted.
    let planted = self::scores("b", 0.5, 4.0, 5);
    assert!(least(&planted) < 0.55, "{}", least(&planted));
    assert!(CategoryResult::of(&planted, 0, &OPTIONS).identifiable);
}

#[test]
fn a_blind_classifier_as_good_as_the_attack_is_a_warning() {
    let mut with_blind = scores("Web", 0.5, 2.0, 5);
    with_blind.blind = Some(BlindScores {
        candidates: with_blind.candidates.iter().map(|score| 2.0 * score).collect(),
        nonmembers: with_blind.nonmembers.iter().map(|score| 2.0 * score).collect(),
    });
    let found = CategoryResult::of(&with_blind, 0, &OPTIONS);
    assert!(found.is_doubtful());
    assert!(found.doubts.iter().any(|doubt| doubt.code == "blind_baseline"));
    assert_eq!(found.blind.unwrap().difference.p_value, 1.0);
}

#[test]
fn sizes_turn_shares_into_a_mixture() {
    let categories = [result("Web", 0.3, 4.5, 1), result("Code", 0.6, 4.5, 2)];
    let shares = [categories[0].share.unwrap(), categories[1].share.unwrap()];
    let mixture = MemberMixture::of(&categories, &[900.0, 100.0], 0.95).unwrap();
    let expected = 900.0 * shares[0] / (900.0 * shares[0] + 100.0 * shares[1]);
    assert!((mixture.shares[0] - expected).abs() < 1e-12);
    assert!((mixture.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert!((mixture.coverage - (0.9 * shares[0] + 0.1 * shares[1])).abs() < 1e-12);
    assert!(mixture.intervals[0].contains(0.818), "the truth: 270 of 330: {:?}", mixture.intervals);
    assert_eq!((mixture.replicates.len(), mixture.mean.len()), (100, 2));
    for refused in [&[1.0][..], &[0.0, 0.0], &[-1.0, 2.0], &[f64::INFINITY, 1.0]] {
        assert_eq!(MemberMixture::of(&categories, refused, 0.95), None);
    }
}

#[test]
fn one_unknown_share_leaves_no_mixture_unless_it_weighs_nothing() {
    let categories = [result("Web", 0.4, 4.0, 1), result("Code", 0.3, 0.1, 2)];
    assert_eq!(categories[1].share, None);
    assert_eq!(MemberMixture::of(&categories, &[1.0, 1.0], 0.95), None);
    let alone = MemberMixture::of(&categories, &[1.0, 0.0], 0.95).unwrap();
    assert_eq!(alone.shares, [1.0, 0.0]);
}

#[test]
fn results_depend_on_their_scores_seed_and_index_alone() {
    let scores = scores("Web", 0.4, 2.5, 9);
    let first = CategoryResult::of(&scores, 2, &OPTIONS);
    assert_eq!(CategoryResult::of(&scores, 2, &OPTIONS), first);
    let other = CategoryResult::of(&scores, 3, &OPTIONS);
    assert_eq!(other.share, first.share);
    assert_ne!(other.replicates, first.replicates);
}
