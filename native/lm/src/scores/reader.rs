//! Reading the folder of scores, one part in memory at a time.

mod columns;

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use data_anatomy_job::files;
use parquet::basic::Compression;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde::Deserialize as _;

use super::layout::{Layout, MAX_DOCUMENTS_PER_PART, part_name};
use super::part;
use super::scored_document::ScoredDocument;
use crate::description::Description;
use columns::Columns;

/// The most values of a column in a part: sixteen times what is written. More is no part of a run,
/// and is not read into memory.
const MAX_VALUES: u64 = 1 << 22;

/// Log-probabilities may exceed 0 by their rounding.
const ROUNDING: f32 = 1e-3;

/// A folder of scores of which all parts are there.
#[derive(Debug, Clone)]
pub struct ScoreReader {
    folder: PathBuf,
    description: Description,
    layout: Layout,
}

impl ScoreReader {
    /// The scores in the folder.
    ///
    /// # Errors
    /// If it holds no scores, or its run was cut off.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("meta.json");
        let description = Description::read(&path)?.with_context(|| {
            format!(
                "{}: expected a folder that `data-anatomy score` wrote, found no meta.json in it",
                folder.display()
            )
        })?;
        let layout =
            description.sections.get("layout").and_then(|found| Layout::deserialize(found).ok());
        let is_sound =
            |layout: &Layout| (1..=MAX_DOCUMENTS_PER_PART).contains(&layout.documents_per_part);
        let layout = layout.filter(is_sound).with_context(|| {
            format!("{}: expected the description of scores, found another", path.display())
        })?;
        anyhow::ensure!(
            description.complete,
            "{}: the run that writes it is not done; give its command again to go on",
            folder.display()
        );
        Ok(Self { folder: folder.to_owned(), description, layout })
    }

    /// What the run was.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// How many documents there are.
    pub fn n_documents(&self) -> u64 {
        self.layout.documents
    }

    /// How many parts there are; they can be read at the same time.
    pub fn n_parts(&self) -> u64 {
        self.layout.n_parts()
    }

    /// The documents of a part, by number.
    pub fn documents_of(&self, part: u64) -> std::ops::Range<u64> {
        self.layout.range(part)
    }

    /// Calls `each` with every document, in the order they were scored.
    ///
    /// # Errors
    /// If a part is missing or malformed, or `each` fails.
    pub fn for_each(
        &self,
        mut each: impl FnMut(ScoredDocument<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        (0..self.n_parts()).try_for_each(|part| self.read_part(part, &mut each))
    }

    /// Calls `each` with every document of a part.
    ///
    /// # Errors
    /// If the part is missing or malformed, or `each` fails.
    pub fn read_part(
        &self,
        part: u64,
        mut each: impl FnMut(ScoredDocument<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let range = self.layout.range(part);
        let path = self.folder.join(part_name(part));
        let file = open_part(&path, range.end - range.start)?;
        let malformed = || format!("{}: {REMEDY}", path.display());
        let columns = Columns::read(&file).with_context(malformed)?;
        for row in 0..columns.n_rows() {
            let document = columns.document(row).with_context(malformed)?;
            check(&document).with_context(|| format!("{}:{}", path.display(), row + 1))?;
            each(document)?;
        }
        Ok(())
    }
}

impl ScoreReader {
    /// Calls `each` with the log-probabilities of every document of a part, and reads no more of it: a
    /// quarter of what [`ScoreReader::read_part`] reads.
    ///
    /// # Errors
    /// As [`ScoreReader::read_part`].
    pub fn read_log_probs(
        &self,
        part: u64,
        mut each: impl FnMut(&[f32]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let range = self.layout.range(part);
        let path = self.folder.join(part_name(part));
        let file = open_part(&path, range.end - range.start)?;
        let malformed = || format!("{}: {REMEDY}", path.display());
        let lists = columns::log_probs(&file).with_context(malformed)?;
        for row in 0..lists.n_rows() {
            let log_probs = lists.list(row).with_context(malformed)?;
            anyhow::ensure!(
                fold(log_probs, |value| value <= ROUNDING),
                "{}:{}: the numbers are not a model's",
                path.display(),
                row + 1
            );
            each(log_probs)?;
        }
        Ok(())
    }
}

/// What to do about a part that is not as it was written.
const REMEDY: &str = "not as `data-anatomy score` wrote it; give its command again to mend it";

/// The number of tokens in a part, after a look at all of it but the numbers.
///
/// # Errors
/// If it is not a part of so many documents.
pub(super) fn check_part(path: &Path, n_documents: u64) -> anyhow::Result<u64> {
    let file = open_part(path, n_documents)?;
    n_tokens(file.metadata()).with_context(|| format!("{}: {REMEDY}", path.display()))
}

fn n_tokens(metadata: &ParquetMetaData) -> anyhow::Result<u64> {
    let pairs = metadata.file_metadata().key_value_metadata();
    let told = pairs.into_iter().flatten().find(|pair| pair.key == part::TOKENS_KEY);
    let value = told.and_then(|pair| pair.value.as_deref()).context("tells no number of tokens")?;
    Ok(value.parse()?)
}

fn open_part(path: &Path, n_documents: u64) -> anyhow::Result<SerializedFileReader<File>> {
    let file = files::open_regular(path)?;
    let n_bytes = file.metadata()?.len();
    let malformed = || format!("{}: {REMEDY}", path.display());
    let reader = SerializedFileReader::new(file).with_context(malformed)?;
    check_shape(reader.metadata(), n_documents, n_bytes).with_context(malformed)?;
    Ok(reader)
}

/// Refuses a file whose columns, rows or places are not those of a part; nothing of it is trusted
/// before.
fn check_shape(metadata: &ParquetMetaData, n_documents: u64, n_bytes: u64) -> anyhow::Result<()> {
    let schema = part::SCORES_SCHEMA.as_deref().context("no schema")?;
    anyhow::ensure!(
        metadata.file_metadata().schema_descr().root_schema() == schema,
        "the columns are others"
    );
    let [group] = metadata.row_groups() else {
        anyhow::bail!("expected 1 row group, found {}", metadata.num_row_groups());
    };
    let n_rows = metadata.file_metadata().num_rows();
    anyhow::ensure!(
        n_rows == group.num_rows() && u64::try_from(n_rows) == Ok(n_documents),
        "expected {n_documents} documents, found {n_rows}"
    );
    check_chunks(group, n_bytes)
}

/// Refuses columns that are packed, lie outside the file or have too many values.
fn check_chunks(group: &RowGroupMetaData, n_bytes: u64) -> anyhow::Result<()> {
    for chunk in group.columns() {
        let name = chunk.column_path().string();
        anyhow::ensure!(chunk.compression() == Compression::UNCOMPRESSED, "{name} is compressed");
        let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
        let end = u64::try_from(start)
            .ok()
            .zip(u64::try_from(chunk.compressed_size()).ok())
            .and_then(|(start, length)| start.checked_add(length));
        anyhow::ensure!(
            end.is_some_and(|end| end <= n_bytes) && chunk.data_page_offset() >= 0,
            "{name} lies outside the file"
        );
        anyhow::ensure!(
            u64::try_from(chunk.num_values()).is_ok_and(|n_values| n_values <= MAX_VALUES),
            "{name} has {} values, at most {MAX_VALUES} are read",
            chunk.num_values()
        );
    }
    Ok(())
}

/// Refuses a document whose numbers cannot be a model's.
fn check(document: &ScoredDocument<'_>) -> anyhow::Result<()> {
    let n_scored = document.token_ids.len().saturating_sub(1);
    let lists = [document.log_prob, document.mean, document.variance];
    anyhow::ensure!(
        lists.iter().all(|list| list.len() == n_scored),
        "the lists of `{}` do not go together",
        document.doc_id
    );
    // Folded without a branch: this is what reading costs most.
    let are_sound = document.token_ids.iter().fold(true, |sound, &token| sound & (token >= 0))
        & fold(document.log_prob, |value| value <= ROUNDING)
        & fold(document.mean, |value| value <= ROUNDING)
        & fold(document.variance, |value| value >= 0.0);
    anyhow::ensure!(are_sound, "the numbers of `{}` are not a model's", document.doc_id);
    Ok(())
}

fn fold(values: &[f32], is_sound: impl Fn(f32) -> bool) -> bool {
    values.iter().fold(true, |sound, &value| sound & (is_sound(value) & value.is_finite()))
}
