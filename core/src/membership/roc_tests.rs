use super::*;
use crate::membership::auroc::AurocDifference;
use crate::numeric::rng::RandomStream;
use serde_json::Value;

const GOLDEN: &str = include_str!("../../../tests/golden/membership_statistics.json");

fn golden() -> Value {
    serde_json::from_str(GOLDEN).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

#[test]
fn areas_and_curves_match_scikit_learn() {
    for case in golden()["rocs"].as_array().unwrap() {
        let (members, nonmembers) = (numbers(&case["members"]), numbers(&case["nonmembers"]));
        let auroc = Auroc::of(&members, &nonmembers).unwrap();
        assert_close(auroc.value, case["auroc"].as_f64().unwrap(), 1e-12);
        let roc = Roc::of(&members, &nonmembers).unwrap();
        let points = roc.points();
        let (fpr, tpr) = (numbers(&case["fpr"]), numbers(&case["tpr"]));
        assert_eq!(points.len(), fpr.len());
        for (point, (fpr, tpr)) in points.iter().zip(fpr.iter().zip(&tpr)) {
            assert_close(point.fpr, *fpr, 1e-12);
            assert_close(point.tpr, *tpr, 1e-12);
        }
        for pair in case["tpr_at"].as_array().unwrap() {
            let [fpr, tpr] = numbers(pair)[..] else { panic!("a pair") };
            let found = roc.tpr_at(fpr, 0.95);
            assert_close(found.tpr, tpr, 1e-12);
            assert!(found.interval.contains(tpr));
        }
    }
}

#[test]
fn variances_and_covariances_match_delongs_definition() {
    let golden = golden();
    for case in golden["rocs"].as_array().unwrap() {
        let auroc = Auroc::of(&numbers(&case["members"]), &numbers(&case["nonmembers"])).unwrap();
        assert_close(auroc.variance, case["variance"].as_f64().unwrap(), 1e-15);
    }
    let paired = &golden["paired"];
    let of = |side: &Value| Auroc::of(&numbers(&side[0]), &numbers(&side[1])).unwrap();
    let (first, second) = (of(&paired["first"]), of(&paired["second"]));
    assert_close(first.covariance(&second), paired["covariance"].as_f64().unwrap(), 1e-15);
    let difference = AurocDifference::of(&first, &second, true, 0.95);
    assert_close(difference.difference, first.value - second.value, 1e-15);
    let apart = AurocDifference::of(&first, &second, false, 0.95);
    assert!(difference.interval.width() < apart.interval.width(), "pairs tell more");
    let same = AurocDifference::of(&first, &first, true, 0.95);
    assert_eq!((same.difference, same.p_value), (0.0, 1.0));
}

#[test]
fn a_perfect_attack_keeps_an_honest_interval() {
    let auroc = Auroc::of(&[2.0, 3.0, 4.0, 5.0], &[0.0, 1.0, 1.5]).unwrap();
    assert_eq!((auroc.value, auroc.variance), (1.0, 0.0));
    let interval = auroc.interval(0.95);
    // Three disjoint pairs, all won: 0.025^(1/3).
    assert_close(interval.lo(), 0.292_401_773_821_286_6, 1e-12);
    assert_eq!(interval.hi(), 1.0);
    let ties = Auroc::of(&[1.0; 4], &[1.0; 4]).unwrap();
    assert_eq!(ties.value, 0.5);
    assert!(ties.interval(0.95).contains(0.1) && ties.interval(0.95).contains(0.9));
}

#[test]
fn scores_that_are_no_numbers_have_no_curve() {
    assert_eq!(Auroc::of(&[], &[1.0]), None);
    assert_eq!(Auroc::of(&[f64::NAN], &[1.0]), None);
    assert_eq!(Roc::of(&[1.0], &[]), None);
    assert!(AttackQuality::of(Compared::Members, &[1.0], &[f64::NAN], 0.95).is_none());
    let zeros = Auroc::of(&[0.0], &[-0.0]).unwrap();
    assert_eq!(zeros.value, 0.5, "the two zeros are one score");
}

#[test]
fn binomial_quantiles_match_scipy() {
    // scipy.stats.binom.ppf([0.0125, 0.9875], n, p), scipy 1.17.
    assert_eq!(binomial_quantiles(500, 0.05, 0.0125), (15, 36));
    assert_eq!(binomial_quantiles(500, 0.001, 0.0125), (0, 3));
    assert_eq!(binomial_quantiles(20, 0.5, 0.0125), (5, 15));
}

/// 400 repetitions; for a true coverage of 0.95 fewer than 371 are covered with probability 2e-2
/// for the areas; the intervals of the rates are conservative and cover more.
#[test]
fn intervals_cover_the_truth_of_normal_scores() {
    let shift = 1.0;
    let area = math::normal_cdf(shift / 2.0_f64.sqrt());
    let rate = 1.0 - math::normal_cdf(math::normal_quantile(0.95) - shift);
    let (mut areas, mut rates) = (0, 0);
    for repetition in 0..400 {
        let mut stream = RandomStream::new(5, repetition);
        let mut draw =
            |mean: f64, n: usize| -> Vec<f64> { (0..n).map(|_| mean + stream.normal()).collect() };
        let (members, nonmembers) = (draw(shift, 60), draw(0.0, 80));
        let auroc = Auroc::of(&members, &nonmembers).unwrap();
        areas += usize::from(auroc.interval(0.95).contains(area));
        let found = Roc::of(&members, &nonmembers).unwrap().tpr_at(0.05, 0.95);
        rates += usize::from(found.interval.contains(rate));
    }
    assert!((371..=395).contains(&areas), "{areas}");
    assert!(rates >= 380, "{rates}");
}

#[test]
fn thinning_keeps_ends_order_and_shape() {
    let mut stream = RandomStream::new(2, 0);
    let members: Vec<f64> = (0..20_000).map(|_| 1.0 + stream.normal()).collect();
    let nonmembers: Vec<f64> = (0..20_000).map(|_| stream.normal()).collect();
    let points = Roc::of(&members, &nonmembers).unwrap().points();
    let kept = thinned(&points, 200);
    assert!((100..=210).contains(&kept.len()), "{}", kept.len());
    assert_eq!((kept[0], kept.last()), (points[0], points.last()));
    for point in &points {
        let along = |point: &RocPoint| point.fpr + point.tpr;
        let place = kept.partition_point(|kept| along(kept) < along(point));
        let place = place.clamp(1, kept.len() - 1);
        let (from, to) = (kept[place - 1], kept[place]);
        assert!(from.tpr <= point.tpr && point.tpr <= to.tpr);
        assert!(to.tpr - from.tpr < 0.02, "no jump that an eye would see");
    }
}

#[test]
fn what_is_counted_is_named() {
    let quality = |compared| AttackQuality::of(compared, &[3.0, 1.0], &[0.0], 0.95).unwrap();
    let members = serde_json::to_value(quality(Compared::Members)).unwrap();
    assert_eq!((&members["n_members"], members.get("n_candidates")), (&2.into(), None));
    let candidates = serde_json::to_value(quality(Compared::Candidates)).unwrap();
    assert_eq!((&candidates["n_candidates"], candidates.get("n_members")), (&2.into(), None));
    let again: AttackQuality = serde_json::from_value(candidates).unwrap();
    assert_eq!(again, quality(Compared::Candidates));
}
