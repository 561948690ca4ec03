//! Putting a sample in place: all files or, after an interruption, the rest of them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use data_anatomy_core::files::digest::Sha256Digest;
use data_anatomy_job::files;
use serde::Serialize;
use serde_json::Value;

use super::record::{Header, Kept, Record};
use super::reread::Rereader;
use super::rules::Rules;
use super::select::Drawn;
use super::work::Work;

/// The name of the manifest.
pub const MANIFEST: &str = "manifest.json";

/// The file of the category with this key.
pub fn file_name(key: &str) -> String {
    format!("{key}.jsonl")
}

/// What was written of a category.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// SHA-256 of the file.
    pub sha256: String,
    /// Its bytes.
    pub bytes: u64,
    /// Characters of the texts in it.
    pub chars: u64,
}

/// Writes a category's documents to the work folder.
///
/// # Errors
/// If a candidate cannot be read or the file cannot be written.
pub fn write_category(
    key: &str,
    documents: &[Drawn],
    rereader: Rereader<'_>,
    rules: &Rules,
) -> anyhow::Result<Written> {
    let mut written = Written::default();
    let mut digest = Sha256Digest::new();
    let mut failed = None;
    let path = rereader.work.out().join(file_name(key));
    files::write_with(&path, |out| {
        for block in blocks(documents) {
            let line = |drawn: &Drawn, record: &Record<'_>| {
                let shard = &rereader.tasks[drawn.shard].shard.name;
                Line::of(shard, &drawn.header, &record.kept(&rules.window)?)
            };
            let lines = rereader.read(&block, line).map_err(|error| {
                failed = Some(error);
                io::ErrorKind::InvalidData
            })?;
            for Line { bytes, chars } in lines {
                digest.update(&bytes);
                written.bytes += bytes.len() as u64;
                written.chars += chars;
                out.write_all(&bytes)?;
            }
        }
        Ok(())
    })
    .map_err(|error| failed.take().unwrap_or(error))?;
    written.sha256 = digest.finish();
    Ok(written)
}

/// Documents that are written together at most, and bytes of their candidates but for the last.
const BLOCK: usize = 512;
const BLOCK_BYTES: usize = 4 << 20;

/// Documents in their order, as many together as may be in memory at a time.
fn blocks(documents: &[Drawn]) -> Vec<Vec<&Drawn>> {
    let mut blocks = Vec::new();
    let (mut block, mut n_bytes) = (Vec::new(), 0);
    for drawn in documents {
        block.push(drawn);
        n_bytes += drawn.header.n_bytes;
        if block.len() >= BLOCK || n_bytes >= BLOCK_BYTES {
            blocks.push(std::mem::take(&mut block));
            n_bytes = 0;
        }
    }
    blocks.push(block);
    blocks
}

/// A document as it stands in its category's file.
#[derive(Serialize)]
struct Published<'a> {
    document_chars: u64,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_char: Option<u64>,
    text: &'a str,
}

/// A line of a category's file.
struct Line {
    bytes: Vec<u8>,
    /// Characters kept of the document.
    chars: u64,
}

impl Line {
    fn of(shard: &str, header: &Header, kept: &Kept) -> io::Result<Self> {
        let mut bytes = serde_json::to_vec(&Published {
            document_chars: header.chars,
            id: format!("{shard}:{}", header.place),
            start_char: Some(kept.start).filter(|&start| start > 0),
            text: &kept.text,
        })?;
        bytes.push(b'\n');
        Ok(Self { bytes, chars: kept.text.chars().count() as u64 })
    }
}

/// Refuses to put a sample where the corpus lies, or in a file.
///
/// # Errors
/// If so.
pub fn refuse_corpus_folder(out_dir: &Path, root: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        !out_dir.is_file(),
        "--out-dir {}: expected a folder, found a file",
        out_dir.display()
    );
    // A corpus may be one file.
    let corpus = if root.is_file() { root.parent().unwrap_or(root) } else { root };
    let corpus = if corpus.as_os_str().is_empty() { Path::new(".") } else { corpus };
    let is_same = match (corpus.canonicalize(), out_dir.canonicalize()) {
        (Ok(corpus), Ok(out_dir)) => corpus == out_dir,
        _ => false,
    };
    anyhow::ensure!(
        !is_same,
        "--out-dir {}: the corpus lies there and could be overwritten; give another folder",
        out_dir.display()
    );
    Ok(())
}

/// Refuses a folder that holds a sample already, unless it is overwritten or this run's own.
///
/// # Errors
/// If so.
pub fn check_free(
    out_dir: &Path,
    names: &[String],
    work: &Work,
    force: bool,
) -> anyhow::Result<()> {
    let claimed = claims(work);
    let taken = names.iter().find(|name| !claimed.contains(*name) && out_dir.join(name).exists());
    match taken {
        Some(name) if !force => anyhow::bail!(
            "{}: is there already; give another --out-dir, or overwrite with --force",
            out_dir.join(name).display()
        ),
        _ => Ok(()),
    }
}

/// The outputs that this run has begun to put in place.
fn claims(work: &Work) -> BTreeSet<String> {
    let bytes = fs::read(work.claims()).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// Moves the files of these names from the work folder into `out_dir`, the manifest, which is written
/// here, last; files that an overwritten sample had besides are removed before.
///
/// # Errors
/// If a file cannot be put in place.
pub fn publish(
    out_dir: &Path,
    names: &[String],
    manifest: &Value,
    work: &Work,
    force: bool,
) -> anyhow::Result<()> {
    let all: Vec<String> = names.iter().cloned().chain([MANIFEST.to_owned()]).collect();
    check_free(out_dir, &all, work, force)?;
    let mut claimed = claims(work);
    claimed.extend(files_of(&self::manifest(out_dir)));
    claimed.extend(all.iter().cloned());
    files::write(&work.claims(), &serde_json::to_vec(&claimed)?)?;
    files::remove_partial(&out_dir.join(MANIFEST))?;
    // The manifest first: it must not tell of files that are not there any more.
    remove(&out_dir.join(MANIFEST))?;
    for name in claimed.iter().filter(|name| is_of_category(name) && !all.contains(name)) {
        remove(&out_dir.join(name))?;
    }
    for name in names {
        let (from, to) = (work.out().join(name), out_dir.join(name));
        fs::rename(&from, &to).with_context(|| format!("{}: cannot be written", to.display()))?;
    }
    let mut bytes = serde_json::to_vec_pretty(manifest)?;
    bytes.push(b'\n');
    files::write(&out_dir.join(MANIFEST), &bytes)?;
    work.remove()
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{}: cannot be removed", path.display()))
        }
        _ => Ok(()),
    }
}

/// The manifest in a folder; null where there is none.
pub fn manifest(out_dir: &Path) -> Value {
    let bytes = fs::read(out_dir.join(MANIFEST)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// The files of the categories of a manifest.
pub fn files_of(manifest: &Value) -> Vec<String> {
    let categories = manifest["categories"].as_array().cloned().unwrap_or_default();
    let names = categories.iter().filter_map(|category| category["file"].as_str());
    names.filter(|name| is_of_category(name)).map(str::to_owned).collect()
}

/// Whether a name is one of a category's file: a name that leads elsewhere is none of ours.
fn is_of_category(name: &str) -> bool {
    name.ends_with(".jsonl") && !name.contains(['/', '\\'])
}
