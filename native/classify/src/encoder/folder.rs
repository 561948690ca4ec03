//! A trained encoder as a folder in Hugging Face layout, which `transformers` loads too, with a file of
//! our own beside it that says what it was trained on.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use data_anatomy_core::files::digest::{Sha256Digest, sha256_hex};
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_job::files;
use data_anatomy_lm::json_file;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::architecture::Family;
use super::body::Encoder;
use super::weights;

/// The file of our own.
pub(super) const RECORD: &str = "data_anatomy.json";
const WEIGHTS: &str = "model.safetensors";
const FORMAT: &str = "data-anatomy encoder";
const VERSION: u32 = 1;

/// Bytes of a file that are read at a time.
const PIECE_BYTES: usize = 1 << 20;

/// What is known of a saved classifier besides its weights.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    format: String,
    version: u32,
    /// The kind of classifier.
    pub(crate) classifier: String,
    /// In the order of the columns of its verdicts.
    pub(crate) categories: Vec<String>,
    /// Tokens that are looked at.
    pub(crate) max_length: usize,
    /// How it was trained.
    pub(crate) training: Value,
    /// Fingerprints of the documents that were trained on, ascending, in hexadecimal.
    trained_on: Option<Vec<String>>,
    /// SHA-256 of the weights' file.
    weights_sha256: String,
    /// What a kind of classifier keeps besides.
    pub(crate) head: Option<Value>,
}

impl Record {
    /// The record of a classifier of this kind.
    pub(crate) fn new(classifier: &str, categories: &Taxonomy, max_length: usize) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            classifier: classifier.to_owned(),
            categories: categories.names().to_vec(),
            max_length,
            training: Value::Null,
            trained_on: None,
            weights_sha256: String::new(),
            head: None,
        }
    }

    /// The record with how and on what the classifier was trained.
    pub(crate) fn with_training(mut self, training: &Value, trained_on: Option<&[u64]>) -> Self {
        self.training = training.clone();
        let hexadecimal = |number: &u64| format!("{number:016x}");
        self.trained_on = trained_on.map(|numbers| numbers.iter().map(hexadecimal).collect());
        self
    }

    /// The record with what this kind of classifier keeps besides.
    pub(crate) fn with_head(mut self, head: Value) -> Self {
        self.head = Some(head);
        self
    }

    /// The fingerprints of the documents that were trained on, ascending, where they are known.
    ///
    /// # Errors
    /// If one is no number, or they do not ascend.
    pub(crate) fn trained_on(&self) -> anyhow::Result<Option<Vec<u64>>> {
        let Some(texts) = &self.trained_on else { return Ok(None) };
        let numbers = texts.iter().map(|text| u64::from_str_radix(text, 16));
        let numbers: Vec<u64> = numbers.collect::<Result<_, _>>().context("trained_on")?;
        ensure!(numbers.is_sorted(), "trained_on: fingerprints that do not ascend");
        Ok(Some(numbers))
    }

    /// The categories.
    ///
    /// # Errors
    /// If they are no list of distinct names.
    pub(crate) fn taxonomy(&self) -> anyhow::Result<Taxonomy> {
        Taxonomy::new(self.categories.iter().map(String::as_str)).context("categories")
    }
}

/// Writes the encoder and its record to a folder, which appears whole or not at all; a classifier that
/// stands there already is replaced. Without `categories` the encoder is written without its head.
///
/// # Errors
/// If something else stands there, or it cannot be written.
pub(crate) fn save(
    path: &Path,
    encoder: &Encoder,
    categories: Option<&Taxonomy>,
    record: Record,
) -> anyhow::Result<()> {
    let replaced = path.symlink_metadata().is_ok();
    ensure!(
        !replaced || path.join(RECORD).is_file(),
        "{}: stands there already and is no saved encoder",
        path.display()
    );
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let saved = || -> anyhow::Result<()> {
        fs::create_dir_all(parent)?;
        let beside = tempfile::Builder::new().prefix(".partial-").tempdir_in(parent)?;
        let (new, old) = (beside.path().join("new"), beside.path().join("old"));
        fs::create_dir(&new)?;
        write(&new, encoder, categories, record)?;
        if replaced {
            fs::rename(path, &old)?;
        }
        fs::rename(&new, path)?;
        Ok(())
    };
    saved().with_context(|| format!("{}: cannot save the classifier", path.display()))
}

fn write(
    folder: &Path,
    encoder: &Encoder,
    categories: Option<&Taxonomy>,
    mut record: Record,
) -> anyhow::Result<()> {
    let architecture = &encoder.model.architecture;
    let bytes = weights::to_safetensors(
        &encoder.model.places,
        &encoder.host_weights()?,
        categories.is_some(),
    )?;
    record.weights_sha256 = sha256_hex(&bytes);
    let class = match architecture.family {
        Family::Distilbert => "DistilBertTokenizer",
        Family::Bert => "BertTokenizer",
    };
    let tokenizer_config = json!({
        "tokenizer_class": class,
        "do_lower_case": encoder.tokenizer.lowercases(),
        "model_max_length": architecture.n_positions,
        "pad_token": "[PAD]",
        "unk_token": "[UNK]",
        "cls_token": "[CLS]",
        "sep_token": "[SEP]",
        "mask_token": "[MASK]",
    });
    let pretty = |value: &Value| serde_json::to_vec_pretty(value);
    files::write(&folder.join(WEIGHTS), &bytes)?;
    files::write(&folder.join("config.json"), &pretty(&architecture.to_config(categories))?)?;
    files::write(&folder.join("tokenizer.json"), &encoder.tokenizer.to_json()?)?;
    files::write(&folder.join("tokenizer_config.json"), &pretty(&tokenizer_config)?)?;
    files::write(&folder.join(RECORD), &serde_json::to_vec_pretty(&record)?)
}

/// The record of the classifier in `folder`; none where `transformers` or another program wrote it.
///
/// # Errors
/// If it is malformed, of another version, or its weights are not those that were saved.
pub(crate) fn record(folder: &Path) -> anyhow::Result<Option<Record>> {
    let path = folder.join(RECORD);
    let Some(record) = json_file::read_if_there::<Record>(&path)? else { return Ok(None) };
    ensure!(
        record.format == FORMAT && record.version == VERSION,
        "{}: written as `{}`, version {}; this program reads `{FORMAT}`, version {VERSION}",
        path.display(),
        record.format,
        record.version
    );
    let weights = folder.join(WEIGHTS);
    let digest = digest(&weights).with_context(|| weights.display().to_string())?;
    ensure!(
        digest == record.weights_sha256,
        "{}: damaged: its checksum is not the one in {RECORD}",
        weights.display()
    );
    Ok(Some(record))
}

/// The SHA-256 of a file in hexadecimal.
fn digest(path: &Path) -> anyhow::Result<String> {
    let mut file = files::open_regular(path)?;
    let mut digest = Sha256Digest::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(digest.finish()),
            n_bytes => digest.update(&piece[..n_bytes]),
        }
    }
}
