//! What every summary records beside its numbers: where they come from, and how to repeat them.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::messages::diagnostic::Diagnostic;

/// The program that wrote a summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRecord {
    /// `data-anatomy`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The commit it was built from.
    pub commit: String,
}

impl ToolRecord {
    /// data-anatomy used as a library, in a build that does not know its commit.
    pub fn unnamed_build() -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { name: "data-anatomy".to_owned(), version, commit: "unknown".to_owned() }
    }
}

/// What surrounds the numbers of a run: where they come from and how to repeat them.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// The program.
    pub tool: ToolRecord,
    /// When the run ended (RFC 3339, UTC), if known.
    pub created: Option<String>,
    /// Every setting.
    pub config: Map<String, Value>,
    /// SHA-256 and counts of every input.
    pub inputs: Value,
    /// Doubts that arose before the study.
    pub diagnostics: Vec<Diagnostic>,
}

/// The estimate with its uncertainty, in category order and in the study's unit.
#[derive(Debug, Clone, Serialize)]
pub struct Priors {
    /// The estimate.
    pub point: Vec<f64>,
    /// Mean of the bootstrap replicates; the estimate itself where there are none.
    pub mean: Vec<f64>,
    /// Lower ends of the intervals, if any.
    pub ci_lo: Option<Vec<f64>>,
    /// Upper ends of the intervals, if any.
    pub ci_hi: Option<Vec<f64>>,
    /// Level of the intervals, if any.
    pub level: Option<f64>,
    /// The replicates, `[n_replicates, n_categories]`, to six decimals: what intervals of joined
    /// categories and of scores are made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicates: Option<Box<RawValue>>,
}
