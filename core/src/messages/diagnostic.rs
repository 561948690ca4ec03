//! Doubts as data: what a reader of a result must know, with a code that programs can rely on.

use serde::{Deserialize, Serialize};

/// How much a doubt matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It was tested, and nothing is wrong.
    Passed,
    /// Good to know.
    Note,
    /// The number beside it may mislead.
    Warning,
}

/// One doubt about a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// What kind it is, in snake case; stable between versions.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// One plain sentence.
    pub message: String,
}

impl Diagnostic {
    /// A doubt that makes the number beside it unsafe to rely on.
    pub fn warning(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), severity: Severity::Warning, message: message.into() }
    }

    /// What was tested and holds.
    pub fn passed(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), severity: Severity::Passed, message: message.into() }
    }

    /// A doubt that is good to know.
    pub fn note(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), severity: Severity::Note, message: message.into() }
    }
}
