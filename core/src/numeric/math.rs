//! Elementary functions that give the same bits on every platform, and sums that stay in log space.
//!
//! `+ - * /` and `sqrt` are exact by IEEE 754 everywhere; all else goes through libm.

/// `e^x`.
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// The natural logarithm of `x`.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `ln(1 + x)`, exact to the last bits for small `x`.
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// `base` to the power of `exponent`.
pub fn pow(base: f64, exponent: f64) -> f64 {
    libm::pow(base, exponent)
}

/// The hyperbolic sine of `x`.
pub fn sinh(x: f64) -> f64 {
    libm::sinh(x)
}

/// The `y` with [`sinh`]`(y) = x`.
pub fn asinh(x: f64) -> f64 {
    libm::asinh(x)
}

/// The `w` with `w e^w = x`, to 1e-14 relatively, for an `x` of 0 or more (Lambert's W by Halley's
/// method; Corless et al. 1996, equation 5.9).
pub fn lambert_w(x: f64) -> f64 {
    let mut w = ln_1p(x);
    if w > 1.0 {
        w -= ln(w);
    }
    for _ in 0..4 {
        let power = exp(w);
        let excess = w * power - x;
        w -= excess / (power * (w + 1.0) - (w + 2.0) * excess / (2.0 * w + 2.0));
    }
    w
}

/// The probability that a standard normal variable is at most `z`.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / core::f64::consts::SQRT_2)
}

/// The `z` with [`normal_cdf`]`(z) = probability`, to 1e-14 absolutely for probabilities between
/// 1e-15 and 1 - 1e-15; infinite at 0 and 1, NaN outside.
///
/// Bisection: 64 halvings of [-9, 9]; it is called a few times per interval, never in a hot loop.
pub fn normal_quantile(probability: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    if probability == 0.0 || probability == 1.0 {
        return if probability == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        if normal_cdf(middle) < probability { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The probability that a Beta(`a`, `b`) variable is at most `x`, for positive `a` and `b`; to about
/// 1e-13 (the continued fraction of Abramowitz & Stegun 26.5.8 by the modified method of Lentz).
pub fn beta_cdf(a: f64, b: f64, x: f64) -> f64 {
    if !(x > 0.0) {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // The fraction converges quickly below the mean; above it the mirror image is computed.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_cdf(b, a, 1.0 - x);
    }
    let scale = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b);
    let front = exp(scale + a * ln(x) + b * ln_1p(-x)) / a;
    (front / beta_fraction(a, b, x)).clamp(0.0, 1.0)
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let away_from_zero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut fraction, mut above, mut below) = (1.0, 1.0, 0.0);
    for step in 1..=2_000_u32 {
        let m = f64::from(step / 2);
        let term = if step % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        below = 1.0 / away_from_zero(1.0 + term * below);
        above = away_from_zero(1.0 + term / above);
        fraction *= above * below;
        if (above * below - 1.0).abs() < 1e-15 {
            break;
        }
    }
    fraction
}

/// The `x` with [`beta_cdf`]`(a, b, x) = probability`, to 1e-15: 53 halvings of [0, 1].
pub fn beta_quantile(a: f64, b: f64, probability: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..53 {
        let middle = 0.5 * (low + high);
        if beta_cdf(a, b, middle) < probability { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The factor by which Student's quantile exceeds the normal one at `z`, for `n_degrees` degrees
/// of freedom: the Cornish-Fisher expansion to second order (Abramowitz & Stegun, 26.7.5), within
/// 2 % for z = 1.96 from 4 degrees on. Below 2 degrees it is taken at 2.
pub fn student_over_normal(z: f64, n_degrees: f64) -> f64 {
    let degrees = n_degrees.max(2.0);
    let z2 = z * z;
    1.0 + (z2 + 1.0) / (4.0 * degrees)
        + (5.0 * z2 * z2 + 16.0 * z2 + 3.0) / (96.0 * degrees * degrees)
}

/// `ln Σ exp(x_k)` without overflow; minus infinity for an empty slice.
pub fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() {
        return largest;
    }
    largest + ln(values.iter().map(|value| exp(value - largest)).sum::<f64>())
}

/// Subtracts [`log_sum_exp`] from each value, so that their exponentials sum to 1.
pub fn log_softmax(values: &mut [f64]) {
    let normaliser = log_sum_exp(values);
    for value in values {
        *value -= normaliser;
    }
}

/// Turns logits into probabilities that sum to 1, in place, and returns their [`log_sum_exp`].
pub fn softmax(logits: &mut [f64]) -> f64 {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut total = 0.0;
    for value in logits.iter_mut() {
        *value = exp(*value - largest);
        total += *value;
    }
    let inverse = 1.0 / total;
    for value in logits {
        *value *= inverse;
    }
    largest + ln(total)
}

/// The sum of the values with Neumaier's compensation: the error stays at one rounding of the
/// result plus a second-order term, whatever the order or number of the values.
pub fn compensated_sum(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() { (sum - next) + value } else { (value - next) + sum };
        sum = next;
    }
    sum + lost
}

/// The scalar product of two slices of the same length, summed in one fixed order: four running
/// sums, so that the additions need not wait for each other.
pub fn dot(left: &[f64], right: &[f64]) -> f64 {
    debug_assert_eq!(left.len(), right.len());
    let (left_blocks, left_rest) = left.as_chunks::<4>();
    let (right_blocks, right_rest) = right.as_chunks::<4>();
    let mut sums = [0.0; 4];
    // Written out, because an unoptimised build spends most of its time here.
    for (a, b) in left_blocks.iter().zip(right_blocks) {
        sums[0] += a[0] * b[0];
        sums[1] += a[1] * b[1];
        sums[2] += a[2] * b[2];
        sums[3] += a[3] * b[3];
    }
    let rest: f64 = left_rest.iter().zip(right_rest).map(|(a, b)| a * b).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// The position of the largest value, the first of equals; 0 for an empty slice.
pub fn argmax(values: &[f64]) -> usize {
    let mut best = 0;
    for (position, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = position;
        }
    }
    best
}

/// Half the L1 distance of two share vectors: 1 minus their overlap.
pub fn total_variation(left: &[f64], right: &[f64]) -> f64 {
    0.5 * left.iter().zip(right).map(|(a, b)| (a - b).abs()).sum::<f64>()
}

/// The mean; none of nothing.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The variance of a sample, with n - 1 degrees of freedom; not a number for fewer than two values.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
pub fn variance(values: &[f64]) -> f64 {
    let Some(mean) = mean(values).filter(|_| values.len() > 1) else { return f64::NAN };
    values.iter().map(|value| square(value - mean)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// The square.
pub fn square(x: f64) -> f64 {
    x * x
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lambert_w_is_the_inverse() {
        assert_eq!(lambert_w(0.0), 0.0);
        // The omega constant.
        assert!((lambert_w(1.0) - 0.567_143_290_409_783_8).abs() < 1e-15);
        for w in [1e-9, 1e-3, 0.3, 1.0, 2.5, 8.0, 30.0] {
            let found = lambert_w(w * exp(w));
            assert!((found / w - 1.0).abs() < 1e-14, "{w}: {found}");
        }
    }

    #[test]
    fn normal_quantile_matches_published_table() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.1, to more digits.
        for (probability, z) in
            [(0.5, 0.0), (0.95, 1.644_853_626_951_472_2), (0.975, 1.959_963_984_540_054)]
        {
            assert!((normal_quantile(probability) - z).abs() < 1e-14, "{probability}");
        }
        assert!(normal_quantile(-0.1).is_nan());
    }

    #[test]
    fn beta_distribution_matches_scipy_and_closed_forms() {
        // scipy.stats.beta.cdf, scipy 1.17.
        for (a, b, x, expected) in [
            (2.0, 3.0, 0.4, 0.5247999999999999),
            (0.5, 0.5, 0.1, 0.20483276469913345),
            (30.0, 20.0, 0.7, 0.9300129066994925),
            (480.0, 21.0, 0.97, 0.9202032163956394),
            (5.0, 5000.0, 0.0005, 0.10903923233053531),
        ] {
            let found = beta_cdf(a, b, x);
            assert!((found - expected).abs() < 1e-12, "{a} {b} {x}: {found}");
        }
        // Beta(a, 1) is x^a, Beta(1, b) is 1 - (1 - x)^b.
        assert!((beta_quantile(3.0, 1.0, 0.025) - pow(0.025, 1.0 / 3.0)).abs() < 1e-13);
        assert!((beta_quantile(1.0, 500.0, 0.975) - (1.0 - pow(0.025, 1.0 / 500.0))).abs() < 1e-13);
        assert_eq!((beta_cdf(2.0, 3.0, -1.0), beta_cdf(2.0, 3.0, 2.0)), (0.0, 1.0));
    }

    #[test]
    fn student_factor_matches_the_t_table() {
        // t at .975 for 4, 9 and 35 degrees of freedom: 2.7764, 2.2622, 2.0301.
        let z = 1.959_963_984_540_054;
        for (degrees, t, tolerance) in
            [(4.0, 2.7764, 0.05), (9.0, 2.2622, 6e-3), (35.0, 2.0301, 2e-4)]
        {
            assert!((z * student_over_normal(z, degrees) - t).abs() < tolerance, "{degrees}");
        }
    }

    #[test]
    fn log_sum_exp_survives_what_exp_does_not() {
        assert!((log_sum_exp(&[1000.0, 1000.0]) - (1000.0 + ln(2.0))).abs() < 1e-12);
        assert_eq!(log_sum_exp(&[f64::NEG_INFINITY; 3]), f64::NEG_INFINITY);
        assert_eq!(log_sum_exp(&[]), f64::NEG_INFINITY);
    }

    #[test]
    fn compensated_sum_keeps_what_plain_summation_loses() {
        let values = [1.0, 1e100, 1.0, -1e100];
        assert_eq!(compensated_sum(values), 2.0);
        assert_eq!(values.iter().sum::<f64>(), 0.0);
    }

    #[test]
    fn elementary_functions_keep_their_bits() {
        assert_eq!(exp(-1.5).to_bits(), 0.223_130_160_148_429_83_f64.to_bits());
        assert_eq!(ln(10.0).to_bits(), core::f64::consts::LN_10.to_bits());
        assert_eq!(pow(2.0, 0.5).to_bits(), 2.0_f64.sqrt().to_bits());
    }

    proptest! {
        #[test]
        fn log_softmax_sums_to_one(mut values in prop::collection::vec(-700.0..700.0_f64, 1..40)) {
            log_softmax(&mut values);
            let total: f64 = values.iter().map(|value| exp(*value)).sum();
            prop_assert!((total - 1.0).abs() < 1e-12);
        }

        #[test]
        fn quantile_inverts_the_distribution(probability in 1e-6..0.999_999_f64) {
            prop_assert!((normal_cdf(normal_quantile(probability)) - probability).abs() < 1e-13);
        }
    }
}
