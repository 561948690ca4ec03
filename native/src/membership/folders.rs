//! Where scores lie: one folder for each variant of each pool of documents.
//!
//! ```text
//! SCORES/candidates/{plain,lowercase,reference,recall,neighbours}/  meta.json part-00000.parquet …
//! SCORES/nonmembers/…
//! SCORES/members/…
//! SCORES/token_frequencies.json
//! ```
//!
//! A folder that `data-anatomy score` wrote serves as `SCORES`, too: it is `candidates/plain` then.

use std::path::{Path, PathBuf};

use data_anatomy_core::membership::attack::Need;

/// Whose scores they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pool {
    /// Documents of which it is asked whether they were trained on.
    Candidates,
    /// Documents of the same kind that are known not to have been.
    Nonmembers,
    /// Documents of the same kind that are known to have been.
    Members,
}

/// What the model was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The text as it is.
    Plain,
    /// The text in lower case.
    Lowercase,
    /// The text, shown to the reference model.
    Reference,
    /// The text after a prefix of non-members.
    Recall,
    /// Copies with some words replaced.
    Neighbours,
}

impl Pool {
    /// All pools.
    pub const ALL: [Self; 3] = [Self::Candidates, Self::Nonmembers, Self::Members];

    /// Its folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Candidates => "candidates",
            Self::Nonmembers => "nonmembers",
            Self::Members => "members",
        }
    }
}

impl Kind {
    /// Its folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Lowercase => "lowercase",
            Self::Reference => "reference",
            Self::Recall => "recall",
            Self::Neighbours => "neighbours",
        }
    }

    /// The kind of scores that an attack with this need takes beside the plain ones, if any.
    pub fn of(need: Need) -> Option<Self> {
        match need {
            Need::CompressedLength | Need::TokenFrequencies => None,
            Need::LowercasePass => Some(Self::Lowercase),
            Need::ReferencePass => Some(Self::Reference),
            Need::PrefixedPass => Some(Self::Recall),
            Need::PerturbedPass => Some(Self::Neighbours),
        }
    }
}

/// The folder of all scores of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreFolders {
    root: PathBuf,
}

impl ScoreFolders {
    /// The scores in this folder, which need not be there yet.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The folder of all of them.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of one variant of one pool.
    pub fn of(&self, pool: Pool, kind: Kind) -> PathBuf {
        if (pool, kind) == (Pool::Candidates, Kind::Plain) && self.root.join("meta.json").exists() {
            return self.root.clone();
        }
        self.root.join(pool.folder()).join(kind.folder())
    }

    /// Whether a run has begun to write there.
    pub fn has(&self, pool: Pool, kind: Kind) -> bool {
        self.of(pool, kind).join("meta.json").exists()
    }

    /// The file of token counts of the reference corpus.
    pub fn token_frequencies(&self) -> PathBuf {
        self.root.join("token_frequencies.json")
    }
}
