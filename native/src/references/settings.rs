//! Which reference documents are read, and what is known of them.

use std::path::PathBuf;

/// Documents of each category that are used at most unless it is said how many.
pub const MAX_PER_CLASS: usize = 5000;

/// Overlap of 5-grams from which documents count as nearly the same, unless it is said.
pub const NEAR_DUP: f64 = 0.8;

/// Reference documents: which are read, and what is known of them.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentSettings {
    /// Folder with one `CATEGORY.jsonl` per category, one `{"text": …}` per line.
    pub samples: PathBuf,
    /// Folder of documents, in the same form, to calibrate and measure by in place of a part of the others.
    pub validation: Option<PathBuf>,
    /// Count CommonCrawl and C4 as one category, Web.
    pub merge_web: bool,
    /// Documents of each category that are used at most.
    pub max_per_class: usize,
    /// Documents whose 5-grams of words overlap by this share or more never stand on both sides (0: only equal
    /// ones do not).
    pub near_dup: f64,
    /// A file that says how long whole documents are, by category, or a manifest of `sample`; without one the
    /// manifest beside the samples, else the samples themselves.
    pub lengths: Option<PathBuf>,
}

impl DocumentSettings {
    /// The defaults, for the documents in this folder.
    pub fn new(samples: impl Into<PathBuf>) -> Self {
        Self {
            samples: samples.into(),
            validation: None,
            merge_web: false,
            max_per_class: MAX_PER_CLASS,
            near_dup: NEAR_DUP,
            lengths: None,
        }
    }
}
