use super::*;

/// Draws used by the moment tests; a fixed seed, and bounds at five standard errors, so a correct
/// sampler with another seed would fail less than once in a million.
const N_DRAWS: usize = 40_000;

fn mean_and_variance(mut draw: impl FnMut(&mut RandomStream) -> f64) -> (f64, f64) {
    let mut stream = RandomStream::new(11, 3);
    let values: Vec<f64> = (0..N_DRAWS).map(|_| draw(&mut stream)).collect();
    let mean = values.iter().sum::<f64>() / N_DRAWS as f64;
    let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / N_DRAWS as f64;
    (mean, variance)
}

#[test]
fn streams_of_neighbouring_indices_are_unrelated() {
    let mut left = RandomStream::new(7, 0);
    let mut right = RandomStream::new(7, 1);
    let pairs: Vec<(f64, f64)> = (0..N_DRAWS).map(|_| (left.unit(), right.unit())).collect();
    let covariance = pairs.iter().map(|(x, y)| (x - 0.5) * (y - 0.5)).sum::<f64>() / N_DRAWS as f64;
    // Standard error of the covariance of two independent uniforms: (1/12) / sqrt(n).
    assert!(covariance.abs() < 5.0 / 12.0 / (N_DRAWS as f64).sqrt(), "{covariance}");
}

#[test]
fn normal_has_mean_zero_and_variance_one() {
    let (mean, variance) = mean_and_variance(RandomStream::normal);
    assert!(mean.abs() < 5.0 / (N_DRAWS as f64).sqrt(), "{mean}");
    assert!((variance - 1.0).abs() < 5.0 * (2.0 / N_DRAWS as f64).sqrt(), "{variance}");
}

#[test]
fn gamma_has_the_moments_of_its_shape() {
    for shape in [0.4, 1.0, 3.7] {
        let (mean, variance) = mean_and_variance(|stream| stream.gamma(shape));
        let standard_error = (shape / N_DRAWS as f64).sqrt();
        assert!((mean - shape).abs() < 5.0 * standard_error, "{shape}: {mean}");
        assert!((variance / shape - 1.0).abs() < 0.1, "{shape}: {variance}");
    }
}

#[test]
fn index_reaches_every_choice_equally_often() {
    let mut stream = RandomStream::new(1, 2);
    let mut counts = [0_u32; 7];
    for _ in 0..N_DRAWS {
        counts[stream.index(7)] += 1;
    }
    let expected = N_DRAWS as f64 / 7.0;
    let chi2: f64 = counts.iter().map(|&n| (f64::from(n) - expected).powi_2() / expected).sum();
    assert!(chi2 < 38.3, "chi-squared with 6 degrees, 1e-6 tail: {chi2}");
}

/// `x²` without the banned `powi`.
trait Square {
    fn powi_2(self) -> f64;
}
impl Square for f64 {
    fn powi_2(self) -> f64 {
        self * self
    }
}

#[test]
fn multinomial_counts_sum_and_follow_the_probabilities() {
    let probabilities = [0.7, 0.0, 0.3];
    let counts = RandomStream::new(5, 0).multinomial(10_000, &probabilities);
    assert_eq!(counts.iter().sum::<usize>(), 10_000);
    assert_eq!(counts[1], 0);
    assert!((counts[0] as f64 - 7_000.0).abs() < 5.0 * 45.9, "{counts:?}");
}

#[test]
fn dirichlet_sums_to_one() {
    let shares = RandomStream::new(5, 1).dirichlet(&[0.5, 1.0, 2.0, 0.1]);
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(shares.iter().all(|&share| share > 0.0), "{shares:?}");
}

#[test]
fn skipping_equals_drawing() {
    for n_draws in [0, 1, 2, 63, 1000] {
        let (mut skipped, mut drawn) = (RandomStream::new(3, 4), RandomStream::new(3, 4));
        skipped.skip(n_draws);
        for _ in 0..n_draws {
            drawn.bits();
        }
        assert_eq!(skipped.bits(), drawn.bits(), "{n_draws}");
    }
}

#[test]
fn shuffle_keeps_every_item() {
    let mut items: Vec<usize> = (0..50).collect();
    RandomStream::new(9, 9).shuffle(&mut items);
    assert_ne!(items, (0..50).collect::<Vec<_>>());
    items.sort_unstable();
    assert_eq!(items, (0..50).collect::<Vec<_>>());
}

/// Pins one value per code path: a change of any of them changes every published interval. The
/// bits were computed again from the published PCG and SplitMix64 recurrences in Python integers
/// (tests/oracle/pcg64.py).
#[test]
fn streams_keep_their_values() {
    let stream = || RandomStream::new(42, 7);
    assert_eq!(stream().bits(), 8_129_499_024_285_869_696);
    assert_eq!(RandomStream::new(42, 8).bits(), 4_147_395_285_286_178_333);
    assert_eq!(stream().unit(), 0.440_701_025_167_476_33);
    assert_eq!(stream().normal(), -0.130_348_984_270_955_54);
    assert_eq!(stream().gamma(0.5), 0.145_953_201_825_846_12);
    assert_eq!(stream().gamma(2.5), 1.980_406_049_515_861);
    let mut indices = stream();
    assert_eq!([0; 6].map(|_| indices.index(10)), [4, 0, 4, 7, 3, 8]);
    assert_eq!(stream().multinomial(100, &[0.2, 0.3, 0.5]), [21, 25, 54]);
    assert_eq!(
        stream().dirichlet(&[1.0, 2.0]),
        [0.133_516_841_546_787_28, 0.866_483_158_453_212_8]
    );
}
