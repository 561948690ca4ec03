//! How a tf-idf classifier is trained.

use anyhow::{Result, ensure};

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// How many terms of each kind are kept; default 200,000.
    pub max_features: usize,
    /// `C` of the logistic regression, the inverse of the penalty's strength; default 4.
    pub inverse_regularization: f64,
    /// The Euclidean norm of the gradient, divided by `C` times the number of documents, at which
    /// training has converged; default 1e-6. Probabilities of unseen texts are then within about
    /// 1e-5 of the optimum's (measured on real text with 6 and with 87 classes).
    pub tolerance: f64,
    /// Most steps of the optimiser; default 1,000.
    pub max_iterations: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_features: 200_000,
            inverse_regularization: 4.0,
            tolerance: 1e-6,
            max_iterations: 1000,
        }
    }
}

impl Options {
    /// # Errors
    /// If an option is out of its range.
    pub(super) fn check(&self) -> Result<()> {
        ensure!(self.max_features > 0, "max_features must be positive: `0`");
        ensure!(
            self.inverse_regularization > 0.0 && self.inverse_regularization.is_finite(),
            "inverse_regularization must be positive: `{}`",
            self.inverse_regularization
        );
        ensure!(self.tolerance > 0.0, "tolerance must be positive: `{}`", self.tolerance);
        Ok(())
    }
}
