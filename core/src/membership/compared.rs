//! What is told from known non-members.

use serde::{Deserialize, Serialize};

/// Which documents an attack is to tell from known non-members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compared {
    /// Known members.
    Members,
    /// Candidates, members or not, where no member is known.
    Candidates,
}

impl Compared {
    /// What a column of their numbers is called.
    pub fn count_name(self) -> &'static str {
        match self {
            Self::Members => "n_members",
            Self::Candidates => "n_candidates",
        }
    }

    /// The comparison in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Members => "members against non-members",
            Self::Candidates => "candidates against non-members",
        }
    }
}
