//! Why a request got no answer.

use std::fmt;
use std::time::Duration;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// What all requests have in common is wrong.
    Refused { complaint: String },
    /// This request is wrong; `said` are the server's own words.
    Rejected { address: String, status: u16, said: String },
    /// Asked again later, the server may answer; `wait` is the pause that it wants.
    Passing { reason: String, wait: Option<Duration> },
    /// The work has ended.
    Stopped,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { complaint } => formatter.write_str(complaint),
            Self::Rejected { address, status, said } => {
                write!(formatter, "{address}: HTTP {status}: {said}")
            }
            Self::Passing { reason, .. } => formatter.write_str(reason),
            Self::Stopped => formatter.write_str("the run was stopped"),
        }
    }
}
