//! Which documents are in which part, and what parts are called.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A part holds about so many tokens if all documents have the most they may: some 4 MB, and not
/// much to lose when a run is cut off.
pub(super) const TOKENS_PER_PART: u64 = 1 << 18;

/// However short documents are, a part holds no more.
pub(super) const MAX_DOCUMENTS_PER_PART: u64 = 1024;

/// How much a folder of scores holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreSize {
    /// Documents, numbered from 0.
    pub n_documents: u64,
    /// The most tokens of a document.
    pub max_tokens: u64,
    /// So many documents that follow each other, such as the copies of a text, are in one part; at most
    /// 1,024.
    pub together: u64,
}

/// Which documents are in which part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Layout {
    pub(super) documents: u64,
    pub(super) documents_per_part: u64,
}

impl Layout {
    /// The layout of documents of this number and size.
    pub(super) fn new(size: ScoreSize) -> Self {
        let together = size.together.clamp(1, MAX_DOCUMENTS_PER_PART);
        let fitting = (TOKENS_PER_PART / size.max_tokens.max(1)).min(MAX_DOCUMENTS_PER_PART);
        let documents_per_part = (fitting / together).max(1) * together;
        Self { documents: size.n_documents, documents_per_part }
    }

    /// How many parts there are.
    pub(super) fn n_parts(&self) -> u64 {
        self.documents.div_ceil(self.documents_per_part)
    }

    /// The documents of a part.
    pub(super) fn range(&self, part: u64) -> Range<u64> {
        let start = part * self.documents_per_part;
        start..self.documents.min(start + self.documents_per_part)
    }

    /// The part that a document is in.
    pub(super) fn part_of(&self, document: u64) -> u64 {
        document / self.documents_per_part
    }
}

/// The name of a part's file.
pub(super) fn part_name(part: u64) -> String {
    format!("part-{part:05}.parquet")
}
