//! How often chance alone gives what was seen.

/// How often chance alone gives at least as much, the observation itself counted as one chance, so
/// that it is never 0 (Davison & Hinkley 1997, Bootstrap Methods, equation 4.11).
pub fn p_value(observed: f64, by_chance: impl Iterator<Item = f64>) -> f64 {
    let (mut n_draws, mut n_more) = (0_usize, 0_usize);
    for drawn in by_chance {
        n_draws += 1;
        // Equal but for rounding counts as equal.
        n_more += usize::from(drawn >= observed * (1.0 - 1e-12));
    }
    count(n_more + 1) / count(n_draws + 1)
}

/// The number as a double.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub fn count(n: usize) -> f64 {
    n as f64
}
