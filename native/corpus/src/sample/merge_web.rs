//! CommonCrawl and C4 together as Web.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use data_anatomy_core::shares::well_known::{self, WellKnownMerge};
use data_anatomy_job::files;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::priority::{Lowest, Offer, Priorities};
use super::publish::MANIFEST;
use super::settings::DEFAULT_SEED;
use crate::fingerprint::fingerprint;
use crate::jsonl;

/// Documents of Web, unless another number is asked for.
pub const DEFAULT_TOTAL: usize = 5000;

/// What is asked of Web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Folder with `commoncrawl.jsonl` and `c4.jsonl`, for `web.jsonl`.
    pub data_dir: PathBuf,
    /// Documents to keep, 1 or more.
    pub total: usize,
    /// Seed of the choice.
    pub seed: u64,
    /// How many come from each part.
    pub share: ShareKind,
    /// Whether a `web.jsonl` that is there is overwritten.
    pub force: bool,
}

impl Settings {
    /// Web of the parts in this folder, as the command line has it by default.
    pub fn of(data_dir: impl Into<PathBuf>) -> Self {
        let (total, seed) = (DEFAULT_TOTAL, DEFAULT_SEED);
        Self { data_dir: data_dir.into(), total, seed, share: ShareKind::default(), force: false }
    }
}

/// How the parts of Web share its documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShareKind {
    /// The same number of each, as in the seed study.
    #[default]
    Equal,
    /// In proportion to the qualifying documents of each corpus, by `manifest.json`.
    Documents,
}

/// What was merged.
#[derive(Debug, PartialEq, Eq)]
pub struct Merged {
    /// The file that was written.
    pub path: PathBuf,
    /// For each part its file, how many documents it holds, how many were wanted and kept of it.
    pub parts: Vec<MergedPart>,
}

/// What was merged of one part.
#[derive(Debug, PartialEq, Eq)]
pub struct MergedPart {
    /// Its file.
    pub path: PathBuf,
    /// Documents in it.
    pub n_read: usize,
    /// How many were wanted.
    pub n_wanted: usize,
    /// How many were kept.
    pub n_kept: usize,
    /// How many have no text.
    pub n_without_text: usize,
}

/// The documents of one part of lowest priority, each as it stands in its file.
struct Part {
    path: PathBuf,
    n_read: usize,
    n_without_text: usize,
    documents: BTreeMap<u64, Box<RawValue>>,
}

/// A document as it stands in its file, and its text.
struct Document {
    raw: Box<RawValue>,
    text: Option<String>,
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let fields: BTreeMap<String, &RawValue> =
            serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
        let text = fields.get("text").and_then(|text| serde_json::from_str(text.get()).ok());
        Ok(Self { raw, text })
    }
}

/// Draws the documents of Web from its parts. Texts that are equal but for white space and case are kept
/// once.
///
/// # Errors
/// If a part is missing or malformed, or web.jsonl is there already and not to be overwritten.
pub fn run(settings: &Settings) -> anyhow::Result<Merged> {
    anyhow::ensure!(settings.total > 0, "--total: expected at least 1, found 0");
    let merge = well_known::merges().find(|merge| merge.whole == "web").context("no such merge")?;
    let path = settings.data_dir.join(format!("{}.jsonl", merge.whole));
    anyhow::ensure!(
        settings.force || !path.exists(),
        "{}: is there already; overwrite with --force",
        path.display()
    );
    let files = part_files(&settings.data_dir, merge)?;
    let wanted = wanted(settings, merge)?;
    // Twice as many as can be wanted, since those that both parts hold go to one of them.
    let parts =
        files.into_iter().map(|path| read(path, settings.total.saturating_mul(2), settings.seed));
    let mut parts = parts.collect::<anyhow::Result<Vec<Part>>>()?;
    for (part, n_wanted) in parts.iter().zip(&wanted) {
        anyhow::ensure!(
            *n_wanted == 0 || !part.documents.is_empty(),
            "{}: expected documents with a text, found none",
            part.path.display()
        );
    }
    part_shared(&mut parts, &wanted);
    for (part, n_wanted) in parts.iter_mut().zip(&wanted) {
        while part.documents.len() > *n_wanted {
            part.documents.pop_last();
        }
    }
    write(&path, &parts)?;
    let merged = parts.into_iter().zip(wanted).map(|(part, n_wanted)| MergedPart {
        n_kept: part.documents.len(),
        path: part.path,
        n_read: part.n_read,
        n_without_text: part.n_without_text,
        n_wanted,
    });
    Ok(Merged { path, parts: merged.collect() })
}

/// The file of each part.
fn part_files(folder: &Path, merge: WellKnownMerge) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| {
        anyhow::anyhow!("{}: cannot be read: {}", folder.display(), files::reason(&error))
    })?;
    let found: BTreeSet<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    let file_of = |part: &&str| {
        let is_of = |path: &&PathBuf| {
            path.file_stem().is_some_and(|stem| well_known::key(&stem.to_string_lossy()) == **part)
        };
        found.iter().find(is_of).cloned().with_context(|| {
            format!(
                "{}: expected {part}.jsonl, found none; make it by `data-anatomy sample`",
                folder.display()
            )
        })
    };
    merge.parts.iter().map(file_of).collect()
}

/// How many documents of each part are wanted.
fn wanted(settings: &Settings, merge: WellKnownMerge) -> anyhow::Result<Vec<usize>> {
    let weights = match settings.share {
        ShareKind::Equal => vec![1; merge.parts.len()],
        ShareKind::Documents => corpus_sizes(&settings.data_dir.join(MANIFEST), merge)?,
    };
    let sum: u128 = weights.iter().copied().map(u128::from).sum();
    anyhow::ensure!(
        sum > 0,
        "{}: its corpora hold no documents",
        settings.data_dir.join(MANIFEST).display()
    );
    // Cut points, not shares, are rounded: the numbers always sum to the total.
    let (mut before, mut cut) = (0, 0);
    Ok(weights
        .into_iter()
        .map(|weight| {
            before += u128::from(weight);
            let next = (before * settings.total as u128).div_ceil(sum);
            let n = usize::try_from(next - cut).unwrap_or(settings.total);
            cut = next;
            n
        })
        .collect())
}

/// How many documents of each part's corpus qualified, by the manifest of the sample.
fn corpus_sizes(path: &Path, merge: WellKnownMerge) -> anyhow::Result<Vec<u64>> {
    let manifest: Value = serde_json::from_slice(&files::read(path)?)
        .with_context(|| format!("{}: is no manifest", path.display()))?;
    let categories = manifest["categories"].as_array().cloned().unwrap_or_default();
    let size_of = |part: &&str| {
        let is_of = |category: &&Value| {
            category["name"].as_str().is_some_and(|name| well_known::key(name) == **part)
        };
        let category = categories.iter().find(is_of);
        category.and_then(|category| category["n_qualified"].as_u64()).with_context(|| {
            format!("{}: expected `n_qualified` of {part}, found none", path.display())
        })
    };
    merge.parts.iter().map(size_of).collect()
}

/// The `n` documents of lowest priority, which equal texts share.
fn read(path: PathBuf, n: usize, seed: u64) -> anyhow::Result<Part> {
    let priorities = Priorities::new(seed, "web");
    let mut lowest = Lowest::new(n, u64::MAX);
    let mut part = Part { path, n_read: 0, n_without_text: 0, documents: BTreeMap::new() };
    jsonl::for_each(&part.path, |Document { raw, text }, _| {
        part.n_read += 1;
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            part.n_without_text += 1;
            return Ok(());
        };
        let priority = priorities.of(&fingerprint(&text).to_le_bytes());
        if lowest.offer(priority) == Offer::Taken {
            part.documents.insert(priority, raw);
            if part.documents.len() > n {
                part.documents.pop_last();
            }
        }
        Ok(())
    })?;
    Ok(part)
}

/// Leaves each document that several parts hold to one of them, all alike, but where that one has more than
/// is wanted of it and another too few.
fn part_shared(parts: &mut [Part], wanted: &[usize]) {
    let all: BTreeSet<u64> = parts.iter().flat_map(|part| part.documents.keys().copied()).collect();
    // By priority: what a part gave away, and to which.
    let mut given: Vec<BTreeMap<u64, (usize, Box<RawValue>)>> = vec![BTreeMap::new(); parts.len()];
    for priority in all {
        let holders: Vec<usize> = (0..parts.len())
            .filter(|&part| parts[part].documents.contains_key(&priority))
            .collect();
        // The last bits decide; the order of priorities is by the first.
        let place = usize::try_from(priority % holders.len() as u64).unwrap_or(0);
        let chosen = holders[place];
        for part in holders.into_iter().filter(|&part| part != chosen) {
            let document = parts[part].documents.remove(&priority);
            given[part].extend(document.map(|document| (priority, (chosen, document))));
        }
    }
    for (part, given) in given.into_iter().enumerate() {
        // Those that the other part is least likely to need first.
        for (priority, (chosen, document)) in given.into_iter().rev() {
            let is_short = parts[part].documents.len() < wanted[part];
            let has_more = parts[chosen].documents.len() > wanted[chosen];
            if is_short && has_more && parts[chosen].documents.remove(&priority).is_some() {
                parts[part].documents.insert(priority, document);
            }
        }
    }
}

fn write(path: &Path, parts: &[Part]) -> anyhow::Result<()> {
    let mut documents: Vec<(&u64, &Box<RawValue>)> =
        parts.iter().flat_map(|part| &part.documents).collect();
    documents.sort_by_key(|(priority, _)| **priority);
    files::write_with(path, |out| {
        for (_, document) in documents {
            out.write_all(document.get().as_bytes())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })
}

#[cfg(test)]
#[path = "merge_web_tests.rs"]
mod tests;
