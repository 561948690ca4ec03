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
//!
//! A [`ScoreWriter`] takes [`DocumentScores`] and writes a part when its last document came; a [`ScoreReader`]
//! opens a folder that is whole and hands out each [`ScoredDocument`]. A [`ScoreSize`] decides what is in which
//! part.

mod document_scores;
mod layout;
mod part;
mod reader;
mod scored_document;
mod writer;

pub use document_scores::DocumentScores;
pub use layout::ScoreSize;
pub use reader::ScoreReader;
pub use scored_document::ScoredDocument;
pub use writer::{ScoreTally, ScoreWriter};

#[cfg(test)]
mod tests;
