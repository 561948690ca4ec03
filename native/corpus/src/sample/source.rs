//! Where the categories of a corpus stand: in the names of its files and folders, or in its documents.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use data_anatomy_core::shares::well_known;
use data_anatomy_job::files;
use glob::{MatchOptions, Pattern};

use super::document::LineReader;
use super::fields::Fields;
use super::lines::Line;
use super::reading;
use super::rows;
use super::shard::{ENDINGS, Format, Shard};
use super::stream;

/// Where the categories of a shard's documents stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// All are of the category of this name.
    Name(String),
    /// In the field at this path.
    Field(Vec<String>),
}

impl Source {
    /// The name of the one category.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Field(_) => None,
        }
    }

    /// The path of the field.
    pub fn path(&self) -> &[String] {
        match self {
            Self::Name(_) => &[],
            Self::Field(path) => path,
        }
    }
}

/// How categories are told apart, as far as the user says.
#[derive(Debug)]
pub enum Telling {
    /// By patterns of paths.
    Map(Vec<(String, Pattern)>),
    /// By the field at this path.
    Field(Vec<String>),
    /// As the corpus suggests.
    Recognised,
}

impl Telling {
    /// How `maps` (each CATEGORY=GLOB) or `field` say.
    ///
    /// # Errors
    /// If a map is not of that form.
    pub fn new(maps: &[String], field: Option<&str>) -> anyhow::Result<Self> {
        if let Some(field) = field {
            return Ok(Self::Field(path(field)));
        }
        if maps.is_empty() {
            return Ok(Self::Recognised);
        }
        let maps = maps.iter().map(|map| {
            let parts =
                map.split_once('=').filter(|(name, glob)| !name.is_empty() && !glob.is_empty());
            let (name, glob) =
                parts.with_context(|| format!("--map {map}: expected CATEGORY=GLOB"))?;
            let pattern = Pattern::new(glob).with_context(|| format!("--map {map}: no pattern"))?;
            Ok((name.to_owned(), pattern))
        });
        Ok(Self::Map(maps.collect::<anyhow::Result<_>>()?))
    }
}

fn path(field: &str) -> Vec<String> {
    field.split('.').map(str::to_owned).collect()
}

/// Fields that name the categories of well-known corpora, in the order in which they are looked for:
/// RedPajama and SlimPajama, the Pile, Dolma, and The Stack, whose languages are categories only there.
const KNOWN_FIELDS: [(&str, bool); 6] = [
    ("meta.redpajama_set_name", false),
    ("meta.pile_set_name", false),
    ("redpajama_set_name", false),
    ("source", false),
    ("lang", true),
    ("language", true),
];

/// Folders that say nothing about what is in them, with a number or without.
const GENERIC_FOLDERS: [&str; 15] = [
    "data",
    "train",
    "test",
    "validation",
    "valid",
    "val",
    "documents",
    "default",
    "files",
    "raw",
    "chunk",
    "part",
    "shard",
    "shards",
    "corpus",
];

/// Shards with what tells their documents' categories, and in plain words how that was found.
pub type Assigned = (Vec<(Shard, Source)>, BTreeSet<String>);

/// The shards whose categories are known, each with where they stand, and how they are told apart in
/// plain words. `text` are the names that the text's field may have.
///
/// # Errors
/// If a pattern fits no file.
pub fn assign(
    shards: Vec<Shard>,
    root: &Path,
    telling: &Telling,
    text: &[String],
) -> anyhow::Result<Assigned> {
    let mut ways = BTreeSet::new();
    let mut assigned = Vec::new();
    match telling {
        Telling::Map(maps) => {
            ways.insert("patterns of paths".to_owned());
            for shard in shards {
                let map = maps.iter().find(|(_, pattern)| matches(pattern, &shard.name));
                if let Some((name, _)) = map {
                    assigned.push((shard, Source::Name(name.clone())));
                }
            }
            for (name, pattern) in maps {
                let fits = assigned.iter().any(|(_, source)| source.name() == Some(name));
                anyhow::ensure!(
                    fits,
                    "--map {name}={pattern}: fits no file below {} that no pattern before it fits",
                    root.display()
                );
            }
        }
        Telling::Field(path) => {
            ways.insert(format!("field {}", path.join(".")));
            assigned.extend(shards.into_iter().map(|shard| (shard, Source::Field(path.clone()))));
        }
        Telling::Recognised => {
            let root = root.canonicalize().ok();
            let root = root.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy());
            let names: Vec<Option<String>> =
                shards.iter().map(|shard| known_name(shard, root.as_deref())).collect();
            // Told by the first document of those shards that do not tell by their names.
            let untold = shards.iter().zip(&names).filter(|(_, name)| name.is_none());
            let mut first = untold.filter_map(|(shard, _)| fields_of_first_document(shard, text));
            let field = first.next().and_then(|fields| known_field(&fields));
            for (shard, name) in shards.into_iter().zip(names) {
                let (source, way) = match name {
                    Some(name) => (Source::Name(name), "names of files and folders".to_owned()),
                    None => match field {
                        Some(field) => (Source::Field(path(field)), format!("field {field}")),
                        None => (
                            Source::Name(plain_name(&shard)),
                            "names of files and folders".to_owned(),
                        ),
                    },
                };
                ways.insert(way);
                assigned.push((shard, source));
            }
        }
    }
    Ok((assigned, ways))
}

fn matches(pattern: &Pattern, name: &str) -> bool {
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
    pattern.matches_with(name, options)
}

/// The well-known category that the shard's name or one of its folders names, the nearest first; the
/// name of the corpus folder counts, too, since it may hold one category alone.
fn known_name(shard: &Shard, root: Option<&str>) -> Option<String> {
    let mut steps: Vec<&str> = shard.name.split('/').collect();
    let file = steps.pop().map(stem).unwrap_or_default();
    let candidates = std::iter::once(file).chain(steps.into_iter().rev()).chain(root);
    candidates.into_iter().find(|name| is_known(name)).map(str::to_owned)
}

fn is_known(name: &str) -> bool {
    well_known::rank(name) < well_known::rank("")
}

/// The name of a file without endings and numbers: `c4-00012-of-01024.jsonl.zst` is one of `c4`.
fn stem(file: &str) -> &str {
    let mut stem = file;
    while let Some(before) = ENDINGS.iter().find_map(|(ending, _)| stem.strip_suffix(ending)) {
        stem = before;
    }
    while let Some(before) = without_number(stem) {
        stem = before;
    }
    stem
}

/// The name without a number, or the `of` between two, at its end. What is no number of a file stays:
/// the 4 of `c4` follows no mark.
fn without_number(stem: &str) -> Option<&str> {
    let before = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let before = if before.len() < stem.len() { before } else { stem.strip_suffix("of")? };
    let name = before.trim_end_matches(['-', '_', '.']);
    (!name.is_empty() && name.len() < before.len()).then_some(name)
}

/// The category by name of a corpus that nothing else is known of: the nearest folder that says
/// something, else the file.
fn plain_name(shard: &Shard) -> String {
    let mut steps: Vec<&str> = shard.name.split('/').collect();
    let file = steps.pop().unwrap_or_default();
    let says_something = |step: &&str| {
        let name = step.trim_end_matches(|c: char| c.is_ascii_digit() || "-_.".contains(c));
        !name.is_empty() && !GENERIC_FOLDERS.contains(&name.to_ascii_lowercase().as_str())
    };
    let folder = steps.into_iter().rev().find(says_something);
    folder.unwrap_or_else(|| stem(file)).to_owned()
}

/// The fields and columns that may tell something of the first document of a shard; none where it has no
/// document at its beginning.
fn fields_of_first_document(shard: &Shard, text: &[String]) -> Option<Vec<String>> {
    let Format::Json(compression) = shard.format else {
        let columns = rows::columns(files::open_regular(&shard.path).ok()?).ok()?;
        return text.iter().any(|name| columns.contains(name)).then_some(columns);
    };
    let n_read = AtomicU64::new(0);
    let stream = stream::open(&shard.path, compression, 0, &n_read).ok()?;
    let mut found = None;
    // What cannot be read is told where documents are read.
    let _ = reading::split(stream, &mut |_, line| {
        if let Line::Whole(line) = line {
            found = fields_of(line, text);
        }
        match found.is_some() || n_read.load(Ordering::Relaxed) > MAX_BYTES_BEFORE_FIRST {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    found
}

/// Bytes of a file in which a document is looked for.
const MAX_BYTES_BEFORE_FIRST: u64 = 4 << 20;

/// The known fields that are texts in a document; none where it has no text.
fn fields_of(line: &[u8], text: &[String]) -> Option<Vec<String>> {
    let has = |text: &[String], category: Vec<String>| {
        let fields = Fields { text: text.to_vec(), category };
        LineReader::new(&fields).read(line).is_ok()
    };
    has(text, Vec::new()).then(|| {
        let known = KNOWN_FIELDS.map(|(field, _)| field).into_iter();
        let known = known.filter(|field| has(text, path(field)));
        let texts = ["content", "text"].into_iter();
        known
            .chain(texts.filter(|name| has(&[(*name).to_owned()], Vec::new())))
            .map(str::to_owned)
            .collect()
    })
}

/// The first field of a known corpus among those of a document.
fn known_field(fields: &[String]) -> Option<&'static str> {
    let has = |name: &str| fields.iter().any(|other| other == name);
    let is_code = has("content") && !has("text");
    let known = KNOWN_FIELDS.iter().find(|(field, of_code)| has(field) && (is_code || !of_code));
    known.map(|(field, _)| *field)
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
