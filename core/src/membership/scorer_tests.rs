use super::*;
use crate::membership::token_frequencies::TokenCounts;
use serde_json::Value;

const GOLDEN: &str = include_str!("../../../tests/golden/membership.json");

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "as the statistics are stored")]
fn single(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&value| value as f32).collect()
}

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    let scale = expected.abs().max(1.0);
    assert!((found - expected).abs() <= tolerance * scale, "{what}: {found}, not {expected}");
}

fn one(attack: Attack, evidence: &Evidence<'_>) -> Result<f64, NoScore> {
    Scorer::new(ScorerOptions::default(), None).scores(&[attack], evidence)[0]
}

fn statistics_of<'doc>(
    log_prob: &'doc [f32],
    mean: &'doc [f32],
    variance: &'doc [f32],
) -> Evidence<'doc> {
    Evidence { statistics: TokenStatistics { log_prob, mean, variance }, ..Evidence::default() }
}

#[test]
fn double_precision_statistics_match_the_golden_scores() {
    let cases: Vec<Value> = serde_json::from_str(GOLDEN).unwrap();
    assert!(cases.len() >= 5);
    for case in &cases {
        let ratio = case["ratio"].as_f64().unwrap();
        let [log_prob, mean, variance] =
            ["token_log_prob", "mean", "variance"].map(|field| numbers(&case[field]));
        let mut scores: Vec<f64> = (0..log_prob.len())
            .map(|token| standard_score(log_prob[token], mean[token], variance[token]))
            .collect();
        let expected = |field: &str| case[field].as_f64().unwrap();
        let plus_plus = mean_of_lowest(&mut scores, ratio);
        assert_close(plus_plus, expected("min_k_plus_plus"), 1e-10, "Min-K%++");
        assert_close(
            mean_of_lowest(&mut log_prob.clone(), ratio),
            expected("min_k"),
            1e-10,
            "Min-K%",
        );
        let loss = -log_prob.iter().sum::<f64>() / log_prob.len() as f64;
        assert_close(loss, expected("loss"), 1e-10, "loss");
    }
}

#[test]
fn stored_statistics_match_the_golden_scores_and_moments_their_logits() {
    for case in serde_json::from_str::<Vec<Value>>(GOLDEN).unwrap() {
        let [log_prob, mean, variance] =
            ["token_log_prob", "mean", "variance"].map(|field| single(&numbers(&case[field])));
        let options =
            ScorerOptions { mink_ratio: case["ratio"].as_f64().unwrap(), ..Default::default() };
        let attacks = [Attack::MinKPlusPlus, Attack::MinK, Attack::Loss];
        let scores = Scorer::new(options, None)
            .scores(&attacks, &statistics_of(&log_prob, &mean, &variance));
        // Single precision keeps 2^-24 of a statistic; dividing by a deviation enlarges it little.
        let expected = [("min_k_plus_plus", 1.0), ("min_k", 1.0), ("loss", -1.0)];
        for (score, (field, sign)) in scores.into_iter().zip(expected) {
            assert_close(score.unwrap(), sign * case[field].as_f64().unwrap(), 1e-6, field);
        }
        for (token, row) in case["logits"].as_array().unwrap().iter().enumerate().skip(1) {
            let mut row_before = numbers(&case["logits"][token - 1]);
            math::log_softmax(&mut row_before);
            assert_eq!(row_before.len(), row.as_array().unwrap().len());
            let id = usize::try_from(case["token_ids"][token].as_u64().unwrap()).unwrap();
            let stored = f64::from(log_prob[token - 1]);
            assert_close(row_before[id], stored, 1e-6, "log-probability");
        }
    }
}

#[test]
fn every_attack_matches_a_computation_by_hand() {
    // L = -2, k n = 0.3 · 4 → 1 token: the lowest is -4.
    let log_prob = [-1.0, -4.0, -2.0, -1.0];
    let evidence = Evidence {
        compressed_length: Some(16),
        lowercase: Some(-3.0),
        reference: Some(-2.5),
        prefixed: Some(-2.2),
        perturbed: &[-2.0, -3.0, -4.0],
        token_ids: &[3, 0, 1, 0, 2],
        ..statistics_of(&log_prob, &[-2.0; 4], &[1.0, 4.0, 0.25, 0.25])
    };
    let mut counts = TokenCounts::new(4);
    counts.add(&[0, 0, 0, 1]).unwrap();
    let frequencies = TokenFrequencies::new(&counts);
    let options = ScorerOptions { mink_ratio: 0.3, dc_pdd_limit: 0.3 };
    let scores = Scorer::new(options, Some(&frequencies)).scores(&Attack::ALL, &evidence);
    // Distinct scored tokens 0, 1, 2 with p = e^-1, e^-4, e^-1 and f = 4/8, 2/8, 1/8; limit 0.3.
    let dc_pdd = (0.3_f64.min(0.367_879_441_171_442_33 * std::f64::consts::LN_2)
        + 0.018_315_638_888_734_18 * 1.386_294_361_119_890_6
        + 0.3)
        / 3.0;
    for (attack, score, expected) in [
        (Attack::Loss, scores[0], -2.0),
        (Attack::Zlib, scores[1], -0.125),
        (Attack::Lowercase, scores[2], 1.5),
        (Attack::Reference, scores[3], 0.5),
        (Attack::MinK, scores[4], -4.0),
        (Attack::MinKPlusPlus, scores[5], -1.0),
        (Attack::ReCall, scores[6], 1.1),
        (Attack::DcPdd, scores[7], dc_pdd),
        (Attack::Neighbourhood, scores[8], 1.0),
    ] {
        assert_close(score.unwrap(), expected, 1e-15, attack.title());
    }
}

#[test]
fn a_members_evidence_raises_every_score() {
    let outsider = statistics_of(&[-3.0, -6.0], &[-2.0; 2], &[1.0; 2]);
    let member = statistics_of(&[-1.0, -2.0], &[-2.0; 2], &[1.0; 2]);
    let (mut counts, ids) = (TokenCounts::new(3), [0, 1, 2]);
    counts.add(&ids).unwrap();
    let frequencies = TokenFrequencies::new(&counts);
    let all = |evidence, lowercase, prefixed| {
        let full = Evidence {
            token_ids: &ids,
            compressed_length: Some(9),
            lowercase: Some(lowercase),
            reference: Some(-3.0),
            prefixed: Some(prefixed),
            perturbed: &[-4.0],
            ..evidence
        };
        let options = ScorerOptions { dc_pdd_limit: 10.0, ..Default::default() };
        Scorer::new(options, Some(&frequencies)).scores(&Attack::ALL, &full)
    };
    let (of_outsider, of_member) = (all(outsider, -4.6, -4.6), all(member, -3.0, -3.0));
    for (attack, (low, high)) in Attack::ALL.iter().zip(of_outsider.iter().zip(&of_member)) {
        assert!(low.unwrap() < high.unwrap(), "{}", attack.name());
    }
}

#[test]
fn a_share_of_tokens_rounds_down_but_never_to_none() {
    for (n, ratio, expected) in [
        (1, 0.1, 1),
        (9, 0.1, 1),
        (19, 0.1, 1),
        (20, 0.1, 2),
        (512, 0.1, 51),
        (100, 0.29, 28), // as Python's int(100 * 0.29)
        (7, 1.0, 7),
    ] {
        assert_eq!(n_lowest(n, ratio), expected, "{n} {ratio}");
    }
}

#[test]
fn a_distribution_without_variance_gives_a_finite_score() {
    let sure = statistics_of(&[-1e-7, 0.0], &[0.0; 2], &[0.0; 2]);
    let score = one(Attack::MinKPlusPlus, &sure).unwrap();
    assert_close(score, -1e-7 / 1e-4, 1e-6, "clamped at the floor");
}

#[test]
fn a_document_without_a_score_says_why() {
    let empty = statistics_of(&[], &[], &[]);
    for attack in Attack::ALL {
        assert_eq!(one(attack, &empty), Err(NoScore::NoTokens), "{}", attack.name());
    }
    let bare = statistics_of(&[-1.0], &[-2.0], &[1.0]);
    for attack in Attack::ALL {
        let found = one(attack, &bare);
        match attack.need() {
            None => assert!(found.is_ok(), "{}", attack.name()),
            Some(need) => assert_eq!(found, Err(NoScore::Missing(need))),
        }
    }
    let certain = Evidence { lowercase: Some(-1.0), ..statistics_of(&[0.0], &[0.0], &[0.0]) };
    assert_eq!(one(Attack::Lowercase, &certain), Err(NoScore::NotFinite));
    let nan = statistics_of(&[f32::NAN], &[f32::NAN], &[f32::NAN]);
    for attack in [Attack::Loss, Attack::MinK, Attack::MinKPlusPlus] {
        assert_eq!(one(attack, &nan), Err(NoScore::NotFinite));
    }
}

#[test]
fn tokens_outside_the_vocabulary_have_no_frequency() {
    let frequencies = TokenFrequencies::new(&TokenCounts::new(2));
    let mut scorer = Scorer::new(ScorerOptions::default(), Some(&frequencies));
    for stray in [-1, 2] {
        let ids = [0, 1, stray];
        let evidence =
            Evidence { token_ids: &ids, ..statistics_of(&[-1.0; 2], &[-1.0; 2], &[1.0; 2]) };
        assert_eq!(scorer.scores(&[Attack::DcPdd], &evidence), [Err(NoScore::UnknownToken)]);
    }
}

#[test]
fn a_document_scores_the_same_whatever_was_scored_before_it() {
    let mut counts = TokenCounts::new(3);
    counts.add(&[0, 1, 1]).unwrap();
    let frequencies = TokenFrequencies::new(&counts);
    let ids = [0, 1, 1, 2];
    let evidence =
        Evidence { token_ids: &ids, ..statistics_of(&[-5.0, -6.0, -7.0], &[-2.0; 3], &[1.0; 3]) };
    let mut scorer = Scorer::new(ScorerOptions::default(), Some(&frequencies));
    let attacks = [Attack::DcPdd, Attack::MinKPlusPlus];
    let first = scorer.scores(&attacks, &evidence);
    assert!(first.iter().all(Result::is_ok));
    assert_eq!(scorer.scores(&attacks, &evidence), first);
}
