//! Per-token statistics of documents under a model, in a folder of Parquet files.
//!
//! A row is a document: `doc_id`, `category`, the ids of all its tokens, and for each token but the
//! first its log-probability with mean and variance of the log-probability under the model's own
//! distribution at that place; and how many bytes the text has that these tokens stand for, as it is and
//! after zlib. Part k holds a fixed range of documents in reading order, so that any
//! run, however often cut off, writes the same files:
//!
//! ```text
//! meta.json  part-00000.parquet  part-00001.parquet  …
//! ```
//!
//! Nothing is compressed: token ids go through a dictionary, which halves them, and of the 14.2 bytes
//! per token that remain zstd would save an eighth (a fifth with the bytes of each number split up),
//! while what is not packed cannot unfold into more memory than the file has bytes.

mod part;
mod reader;
mod writer;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use reader::{ScoreReader, ScoredDocument};
pub use writer::{DocumentScores, ScoreTally, ScoreWriter};

/// A part holds about so many tokens if all documents have the most they may: some 4 MB, and not
/// much to lose when a run is cut off.
const TOKENS_PER_PART: u64 = 1 << 18;

/// However short documents are, a part holds no more.
const MAX_DOCUMENTS_PER_PART: u64 = 1024;

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
struct Layout {
    documents: u64,
    documents_per_part: u64,
}

impl Layout {
    /// The layout of documents of this number and size.
    fn new(size: ScoreSize) -> Self {
        let together = size.together.clamp(1, MAX_DOCUMENTS_PER_PART);
        let fitting = (TOKENS_PER_PART / size.max_tokens.max(1)).min(MAX_DOCUMENTS_PER_PART);
        let documents_per_part = (fitting / together).max(1) * together;
        Self { documents: size.n_documents, documents_per_part }
    }

    fn n_parts(&self) -> u64 {
        self.documents.div_ceil(self.documents_per_part)
    }

    /// The documents of a part.
    fn range(&self, part: u64) -> Range<u64> {
        let start = part * self.documents_per_part;
        start..self.documents.min(start + self.documents_per_part)
    }

    fn part_of(&self, document: u64) -> u64 {
        document / self.documents_per_part
    }
}

/// The name of a part's file.
fn part_name(part: u64) -> String {
    format!("part-{part:05}.parquet")
}

#[cfg(test)]
#[path = "scores_tests.rs"]
mod tests;
