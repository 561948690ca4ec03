//! A checked point of the probability simplex.

/// Shares of a whole: one finite, non-negative share per category, summing to 1.
///
/// Invariants: not empty; every share is finite and at least 0; the shares sum to 1 within
/// [`Mixture::SUM_TOLERANCE`].
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    shares: Vec<f64>,
}

/// Why a list of numbers is not a mixture.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MixtureError {
    /// There are no shares at all.
    #[error("no shares")]
    Empty,
    /// A share is NaN or infinite.
    #[error("share {position} is not a finite number: {value}")]
    NotFinite {
        /// Position in the list, from 1.
        position: usize,
        /// What was found.
        value: f64,
    },
    /// A share is below 0.
    #[error("share {position} is negative: {value}")]
    Negative {
        /// Position in the list, from 1.
        position: usize,
        /// What was found.
        value: f64,
    },
    /// The shares do not sum to 1.
    #[error("the shares sum to {sum}, not to 1")]
    Sum {
        /// What they sum to.
        sum: f64,
    },
}

impl Mixture {
    /// How far the sum of the shares may be from 1: decimals that were rounded to six places pass,
    /// a forgotten category does not.
    pub const SUM_TOLERANCE: f64 = 1e-4;

    /// The mixture of these shares, kept to the last bit (they are not normalised again).
    ///
    /// # Errors
    /// If there are none, one is negative or not finite, or the sum is not 1.
    pub fn new(shares: Vec<f64>) -> Result<Self, MixtureError> {
        check_weights(&shares)?;
        let sum: f64 = shares.iter().sum();
        if !((sum - 1.0).abs() <= Self::SUM_TOLERANCE) {
            return Err(MixtureError::Sum { sum });
        }
        Ok(Self { shares })
    }

    /// The mixture proportional to these weights, whatever they sum to.
    ///
    /// # Errors
    /// If there are none, one is negative or not finite, or all are 0.
    pub fn from_weights(weights: &[f64]) -> Result<Self, MixtureError> {
        check_weights(weights)?;
        let sum: f64 = weights.iter().sum();
        if !(sum > 0.0 && sum.is_finite()) {
            return Err(MixtureError::Sum { sum });
        }
        Ok(Self { shares: weights.iter().map(|weight| weight / sum).collect() })
    }

    /// The mixture of `n_categories` equal shares.
    ///
    /// # Panics
    /// If `n_categories` is 0.
    #[expect(clippy::cast_precision_loss, reason = "a count of categories is far below 2^52")]
    pub fn uniform(n_categories: usize) -> Self {
        assert!(n_categories > 0, "a mixture has at least one category");
        Self { shares: vec![1.0 / n_categories as f64; n_categories] }
    }

    /// The shares, in category order.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }
}

fn check_weights(weights: &[f64]) -> Result<(), MixtureError> {
    if weights.is_empty() {
        return Err(MixtureError::Empty);
    }
    for (index, &value) in weights.iter().enumerate() {
        if !value.is_finite() {
            return Err(MixtureError::NotFinite { position: index + 1, value });
        }
        if value < 0.0 {
            return Err(MixtureError::Negative { position: index + 1, value });
        }
    }
    Ok(())
}
