//! Placeholder until the estimation mathematics lands: libm's functions under one roof.

/// The natural logarithm of `x`.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}
