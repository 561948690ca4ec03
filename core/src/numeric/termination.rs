//! Why an iteration stopped.

use serde::{Deserialize, Serialize};

/// Why an iterative solver stopped; not converging is a result with a reason, never an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Termination {
    /// The certificate fell below its tolerance.
    Converged,
    /// No step improves the objective in double precision, though the certificate is above its
    /// tolerance.
    Stalled,
    /// The iteration limit was reached.
    IterationLimit,
    /// Nothing was iterated: the answer is a closed form.
    Direct,
}

impl Termination {
    /// Whether the answer is as good as it was asked to be.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Converged | Self::Direct)
    }
}
