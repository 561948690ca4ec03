//! Writing the folder of scores, and going on where a run was cut off.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use data_anatomy_job::files;
use serde_json::{Map, Value, json};

use super::document_scores::DocumentScores;
use super::layout::{Layout, ScoreSize, part_name};
use super::part;
use super::reader::check_part;
use crate::description::Description;
use crate::run_lock::RunLock;

/// A folder of scores that is being written.
#[derive(Debug)]
pub struct ScoreWriter {
    folder: PathBuf,
    description: Description,
    layout: Layout,
    /// Tokens of each part that is there.
    tokens_by_part: BTreeMap<u64, u64>,
    damaged: Vec<String>,
    /// Documents of parts that are not whole yet, by part and document.
    waiting: BTreeMap<u64, BTreeMap<u64, DocumentScores>>,
    _lock: RunLock,
}

/// How a run stands at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreTally {
    /// Documents in the folder.
    pub n_documents: u64,
    /// Tokens of these documents.
    pub n_tokens: u64,
    /// Documents that are not in the folder, as ranges of their numbers.
    pub missing: Vec<Range<u64>>,
}

impl ScoreWriter {
    /// The folder for the scores of documents of this number and size, begun or taken up again; `sections` say what the run is, inputs with their digests
    /// among it. With `force` what is there is thrown away.
    ///
    /// # Errors
    /// If the folder belongs to another run, holds parts of nobody, is being written by another process,
    /// or cannot be written.
    pub fn open(
        folder: &Path,
        mut sections: Map<String, Value>,
        size: ScoreSize,
        elsewhere: &str,
        force: bool,
    ) -> anyhow::Result<Self> {
        let layout = Layout::new(size);
        sections.insert("layout".to_owned(), serde_json::to_value(layout)?);
        files::make_folder(folder)?;
        let lock = RunLock::acquire(&folder.join(".lock"), folder)?;
        remove_leftovers(folder, force)?;
        take_up(folder, &sections, elsewhere)?;
        let mut writer = Self {
            folder: folder.to_owned(),
            description: Description::new(sections),
            layout,
            tokens_by_part: BTreeMap::new(),
            damaged: Vec::new(),
            waiting: BTreeMap::new(),
            _lock: lock,
        };
        writer.look_for_parts();
        writer.describe()?;
        Ok(writer)
    }

    /// Notes which parts are there and whole.
    fn look_for_parts(&mut self) {
        for part in 0..self.layout.n_parts() {
            let path = self.folder.join(part_name(part));
            if !path.exists() {
                continue;
            }
            let range = self.layout.range(part);
            match check_part(&path, range.end - range.start) {
                Ok(n_tokens) => {
                    self.tokens_by_part.insert(part, n_tokens);
                }
                Err(error) => self.damaged.push(format!("{error:#}")),
            }
        }
    }

    /// What is wrong with parts that are there but cannot be used: they are made again.
    pub fn damaged(&self) -> &[String] {
        &self.damaged
    }

    /// The documents that are still to be scored, as one range per missing part.
    pub fn missing(&self) -> Vec<Range<u64>> {
        (0..self.layout.n_parts())
            .filter(|part| !self.tokens_by_part.contains_key(part))
            .map(|part| self.layout.range(part))
            .collect()
    }

    /// How many documents are in the folder, and how many tokens they have.
    pub fn so_far(&self) -> (u64, u64) {
        let in_part = |&part: &u64| self.layout.range(part).count() as u64;
        (self.tokens_by_part.keys().map(in_part).sum(), self.tokens_by_part.values().sum())
    }

    /// Takes the scores of a document, in any order; a part is written with its last document, and
    /// outlives the process then. Documents of parts that are not whole are kept in memory.
    ///
    /// # Errors
    /// If the document is not one of the missing, its lists do not fit together, a number in it is
    /// none, or the part cannot be written.
    pub fn add(&mut self, number: u64, document: DocumentScores) -> anyhow::Result<()> {
        check(number, &document)?;
        let part = self.layout.part_of(number);
        let range = self.layout.range(part);
        let waiting = self.waiting.entry(part).or_default();
        anyhow::ensure!(
            number < self.layout.documents
                && !self.tokens_by_part.contains_key(&part)
                && !waiting.contains_key(&number),
            "{}: document {number} is not one of the missing",
            self.folder.display()
        );
        waiting.insert(number, document);
        if (waiting.len() as u64) < range.end - range.start {
            return Ok(());
        }
        let documents: Vec<DocumentScores> =
            self.waiting.remove(&part).unwrap_or_default().into_values().collect();
        files::write_with(&self.folder.join(part_name(part)), |file| {
            part::write(file, &documents).map_err(io::Error::other)
        })?;
        let n_tokens = documents.iter().map(|one| one.token_ids.len() as u64).sum();
        self.tokens_by_part.insert(part, n_tokens);
        Ok(())
    }

    /// Completes the description if all parts are there, and says how the run stands.
    ///
    /// # Errors
    /// If the description cannot be written.
    pub fn finish(mut self) -> anyhow::Result<ScoreTally> {
        self.describe()?;
        let (n_documents, n_tokens) = self.so_far();
        Ok(ScoreTally { n_documents, n_tokens, missing: self.missing() })
    }

    /// Writes the description as the folder stands, unless it is there already.
    fn describe(&mut self) -> anyhow::Result<()> {
        let path = self.folder.join("meta.json");
        self.description.complete = self.missing().is_empty();
        if self.description.complete {
            let (n_documents, n_tokens) = self.so_far();
            self.description.counts = Map::from_iter([
                ("documents".to_owned(), json!(n_documents)),
                ("tokens".to_owned(), json!(n_tokens)),
                ("parts".to_owned(), json!(self.layout.n_parts())),
            ]);
        }
        self.description.write_if_changed(&path)
    }
}

/// Refuses scores that cannot be a model's.
fn check(number: u64, document: &DocumentScores) -> anyhow::Result<()> {
    let n_scored = document.token_ids.len().saturating_sub(1);
    let lists = [
        ("log_prob", &document.log_prob),
        ("mean", &document.mean),
        ("variance", &document.variance),
    ];
    for (name, list) in lists {
        anyhow::ensure!(
            list.len() == n_scored,
            "document {number} (`{}`): {} values of {name} for {} tokens",
            document.doc_id,
            list.len(),
            document.token_ids.len()
        );
        if let Some(position) = list.iter().position(|value| !value.is_finite()) {
            anyhow::bail!(
                "document {number} (`{}`): the model gave {} as {name} of token {}; expected finite \
                 numbers",
                document.doc_id,
                list[position],
                position + 1
            );
        }
    }
    Ok(())
}

/// Checks that what is in the folder belongs to this run.
fn take_up(folder: &Path, sections: &Map<String, Value>, elsewhere: &str) -> anyhow::Result<()> {
    match Description::read(&folder.join("meta.json"))? {
        Some(stored) => stored.ensure_same_run(sections, folder, elsewhere),
        None => {
            let parts = entries(folder, is_part)?;
            anyhow::ensure!(
                parts.is_empty(),
                "{}: holds {} and no meta.json that tells what it is; --force overwrites it, \
                 {elsewhere} keeps it",
                folder.display(),
                parts[0].file_name().unwrap_or_default().display()
            );
            Ok(())
        }
    }
}

/// Removes what killed runs left half written, and with `force` all that a run writes.
fn remove_leftovers(folder: &Path, force: bool) -> anyhow::Result<()> {
    let is_leftover = |name: &str| {
        name.starts_with(".partial-") || (force && (is_part(name) || name == "meta.json"))
    };
    for path in entries(folder, is_leftover)? {
        fs::remove_file(&path).with_context(|| format!("{}: cannot be removed", path.display()))?;
    }
    Ok(())
}

fn is_part(name: &str) -> bool {
    name.strip_prefix("part-").and_then(|rest| rest.strip_suffix(".parquet")).is_some_and(
        |number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
    )
}

/// The files in the folder whose names are so, in order.
fn entries(folder: &Path, wanted: impl Fn(&str) -> bool) -> anyhow::Result<Vec<PathBuf>> {
    let unreadable = || format!("{}: cannot be read", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        if entry.file_name().to_str().is_some_and(&wanted) {
            found.push(entry.path());
        }
    }
    found.sort_unstable();
    Ok(found)
}
