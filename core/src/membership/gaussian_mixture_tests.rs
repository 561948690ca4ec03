use super::*;
use serde_json::Value;

const GOLDEN: &str = include_str!("../../../tests/golden/membership_statistics.json");

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn fine() -> FitOptions {
    FitOptions { tolerance: 1e-14, max_iterations: 50_000, ..FitOptions::default() }
}

#[test]
fn matches_scikit_learn() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let cases = golden["mixtures"].as_array().unwrap();
    assert!(cases.len() >= 3);
    for case in cases {
        let (name, values) = (&case["name"], numbers(&case["values"]));
        let tolerance = case["tolerance"].as_f64().unwrap();
        let fitted = GaussianMixture::fit(&values, 2, &fine()).unwrap();
        assert_eq!(fitted.termination, Termination::Converged, "{name}");
        for (field, of) in [
            ("weights", (|part| part.weight) as fn(&Component) -> f64),
            ("means", |part| part.mean),
            ("variances", |part| part.variance),
        ] {
            for (part, expected) in fitted.components.iter().zip(numbers(&case[field])) {
                assert!((of(part) - expected).abs() < tolerance, "{name} {field}: {}", of(part));
            }
        }
        let likelihood = case["log_likelihood"].as_f64().unwrap();
        assert!((fitted.log_likelihood - likelihood).abs() < 1e-6, "{name}");
        assert!((fitted.bic(values.len()) - case["bic"].as_f64().unwrap()).abs() < 1e-6, "{name}");
        let one = GaussianMixture::fit(&values, 1, &fine()).unwrap();
        let expected = case["bic_of_one"].as_f64().unwrap();
        assert!((one.bic(values.len()) - expected).abs() < 1e-6, "{name}");
    }
}

#[test]
fn no_start_ends_above_the_winner_and_each_iteration_climbs() {
    let mut stream = RandomStream::new(3, 0);
    let values: Vec<f64> =
        (0..120).map(|index| stream.normal() + if index % 4 == 0 { 2.0 } else { 0.0 }).collect();
    let best = GaussianMixture::fit(&values, 2, &FitOptions::default()).unwrap();
    let mut last = f64::NEG_INFINITY;
    for max_iterations in [1, 2, 5, 20, 100] {
        let options = FitOptions { n_starts: 1, max_iterations, ..FitOptions::default() };
        let cut_off = GaussianMixture::fit(&values, 2, &options).unwrap();
        assert!(
            cut_off.log_likelihood >= last && cut_off.log_likelihood <= best.log_likelihood + 1e-6
        );
        last = cut_off.log_likelihood;
    }
    assert!(best.n_agreeing >= 1 && best.n_agreeing <= best.n_starts);
}

#[test]
fn the_density_integrates_to_one_and_draws_follow_it() {
    let parts = [(0.3, -1.0, 0.25), (0.7, 2.0, 1.0)];
    let mixture = GaussianMixture {
        components: parts
            .map(|(weight, mean, variance)| Component { weight, mean, variance })
            .to_vec(),
        log_likelihood: 0.0,
        iterations: 0,
        termination: Termination::Direct,
        n_starts: 1,
        n_agreeing: 1,
    };
    let step = 0.01;
    let total: f64 =
        (-1000..1000).map(|k| math::exp(mixture.log_density(f64::from(k) * step))).sum();
    assert!((total * step - 1.0).abs() < 1e-6);
    let mut stream = RandomStream::new(9, 0);
    let draws: Vec<f64> = (0..20_000).map(|_| mixture.draw(&mut stream)).collect();
    let (mean, variance) = moments(&draws).unwrap();
    // Means 1.1; variance 0.775 + 0.3·2.1² + 0.7·0.9² = 2.665; five standard errors.
    assert!((mean - 1.1).abs() < 5.0 * (2.665_f64 / 20_000.0).sqrt());
    assert!((variance - 2.665).abs() < 0.15);
}

#[test]
fn equal_scores_do_not_make_a_spike() {
    let mut stream = RandomStream::new(4, 0);
    let mut values: Vec<f64> = (0..100).map(|_| stream.normal()).collect();
    values.extend([0.5; 30]);
    let fitted = GaussianMixture::fit(&values, 2, &FitOptions::default()).unwrap();
    let (_, variance) = moments(&values).unwrap();
    for part in &fitted.components {
        assert!(part.variance >= VARIANCE_FLOOR_SHARE * variance);
    }
    assert!(fitted.log_likelihood.is_finite());
}

#[test]
fn what_is_no_sample_of_a_density_has_no_fit() {
    let fit = |values: &[f64]| GaussianMixture::fit(values, 2, &FitOptions::default());
    assert_eq!(fit(&[]), None);
    assert_eq!(GaussianMixture::fit(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3, &fine()), None);
    assert_eq!(fit(&[1.0, 2.0, 3.0]), None);
    assert_eq!(fit(&[1.0; 10]), None);
    assert_eq!(fit(&[1.0, 2.0, f64::NAN, 3.0, 4.0]), None);
    assert_eq!(fit(&[1.0, 2.0, f64::INFINITY, 3.0, 4.0]), None);
    assert!(fit(&[1.0, 1.0, 1.0, 2.0, 2.0]).is_some());
}

#[test]
fn many_values_end_where_a_climb_on_all_of_them_does() {
    let mut stream = RandomStream::new(3, 0);
    let values: Vec<f64> =
        (0..20_000).map(|index| if index % 4 == 0 { 2.5 } else { 0.0 } + stream.normal()).collect();
    let fitted = GaussianMixture::fit(&values, 2, &FitOptions::default()).unwrap();
    let exact = FitOptions { tolerance: 1e-13, max_iterations: 100_000, ..FitOptions::default() };
    let optimum = fitted.refit(&values, &exact).unwrap();
    assert_eq!(fitted.termination, Termination::Converged);
    // The tolerance of the fit is 1e-8 for each value.
    let short = (optimum.log_likelihood - fitted.log_likelihood) / 20_000.0;
    assert!((-1e-12..1e-5).contains(&short), "{short}");
    assert!((fitted.components[1].mean - 2.5).abs() < 0.2, "{fitted:?}");
}
