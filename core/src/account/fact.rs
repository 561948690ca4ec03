//! One fact about a run.

use serde::{Deserialize, Serialize};

/// One thing that is known of a run, or known not to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is about.
    pub name: String,
    /// What is so.
    pub value: String,
}
