//! What is asked of a sample.

use std::path::PathBuf;

use data_anatomy_core::files::record::ToolRecord;

use super::window::WindowKind;

/// Documents of a category that are kept, unless another number is asked for.
pub const DEFAULT_N_PER_CATEGORY: usize = 5000;
/// The folder of a sample, unless another is asked for.
pub const DEFAULT_OUT_DIR: &str = "data_samples";
/// Seed of every random choice, unless another is asked for.
pub const DEFAULT_SEED: u64 = 42;
/// Similarity of near duplicates, unless another is asked for.
pub const DEFAULT_NEAR_DUP: f64 = 0.8;
/// Candidates per wanted document, unless another number is asked for.
pub const DEFAULT_OVERSAMPLE: f64 = 1.25;

/// The fewest characters of a document and the most that are kept of it, as the seed study has them for text.
pub const TEXT_CHARS: (u64, u64) = (300, 2000);
/// The same for code.
pub const CODE_CHARS: (u64, u64) = (30, 4000);

/// What is asked of a sample. [`run`](super::run) refuses what is out of bounds before it reads anything.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Folder of the corpus, at any depth of which its files lie, or its one file.
    pub root: PathBuf,
    /// Folder for `CATEGORY.jsonl` and `manifest.json`; made where it is not there.
    pub out_dir: PathBuf,
    /// Documents to keep of each category, from 1 to 10,000,000.
    pub n_per_category: usize,
    /// The categories to sample, by any spelling of their names; all that are found where there are none.
    pub categories: Vec<String>,
    /// Seed of every random choice.
    pub seed: u64,
    /// Documents with fewer characters do not qualify.
    pub min_chars: u64,
    /// Characters that are kept of a document at most, 1 or more.
    pub max_chars: u64,
    /// Which part of a longer document is kept.
    pub window: WindowKind,
    /// The field or column of the text; `text`, else `content` where none is named.
    pub text_field: Option<String>,
    /// Path of the field or column that names the category, such as `meta.redpajama_set_name`.
    pub category_field: Option<String>,
    /// Which files are of which category, where no field says so: each `CATEGORY=GLOB`, a pattern of paths
    /// below [`root`](Self::root). Where neither is given, categories are told as the corpus suggests.
    pub maps: Vec<String>,
    /// Bytes to read, roughly, in random parts of the corpus; all of it where there is none.
    pub budget: Option<u64>,
    /// Documents are near duplicates whose sets of 5-grams of words are this similar, from 0.3 to 1 (Jaccard);
    /// 0 keeps them.
    pub near_dup: f64,
    /// Folders with documents that must not be in the sample.
    pub exclude: Vec<PathBuf>,
    /// Candidates per wanted document, from 1 to 100. It changes how often the corpus is read, not the sample.
    pub oversample: f64,
    /// Whether an earlier sample is overwritten, and an interrupted one of other settings dropped.
    pub force: bool,
    /// The program that the manifest names as its maker.
    pub tool: ToolRecord,
}

impl Settings {
    /// A sample of the texts in `root`, put into `out_dir`, as the command line has it by default.
    pub fn of(root: impl Into<PathBuf>, out_dir: impl Into<PathBuf>) -> Self {
        let (min_chars, max_chars) = TEXT_CHARS;
        Self {
            root: root.into(),
            out_dir: out_dir.into(),
            n_per_category: DEFAULT_N_PER_CATEGORY,
            categories: Vec::new(),
            seed: DEFAULT_SEED,
            min_chars,
            max_chars,
            window: WindowKind::default(),
            text_field: None,
            category_field: None,
            maps: Vec::new(),
            budget: None,
            near_dup: DEFAULT_NEAR_DUP,
            exclude: Vec::new(),
            oversample: DEFAULT_OVERSAMPLE,
            force: false,
            tool: ToolRecord::unnamed_build(),
        }
    }
}
