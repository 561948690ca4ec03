//! The files of a corpus.

use std::fs::Metadata;
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use data_anatomy_job::files;
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;
use walkdir::WalkDir;

use super::fields::has_field;
use super::lines::MAX_LINE_BYTES;

/// One file of a corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the corpus folder, with `/` between folders; as shown and recorded.
    pub name: String,
    /// How it is packed.
    pub format: Format,
    /// Which content it had when it was found.
    pub version: Version,
}

/// By what a changed file is told from an unchanged one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its size.
    pub bytes: u64,
    /// When it was last written, in nanoseconds since 1970; 0 where the system does not say.
    pub modified: u64,
}

/// How documents are packed in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON, plain or compressed.
    Json(Compression),
    /// Parquet.
    Parquet,
}

/// How JSON is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// Zstandard.
    Zstd,
    /// Gzip.
    Gzip,
}

/// The endings of files that are read, and what they mean.
pub const ENDINGS: [(&str, Format); 6] = [
    (".jsonl", Format::Json(Compression::None)),
    (".ndjson", Format::Json(Compression::None)),
    (".json", Format::Json(Compression::None)),
    (".zst", Format::Json(Compression::Zstd)),
    (".gz", Format::Json(Compression::Gzip)),
    (".parquet", Format::Parquet),
];

impl Shard {
    /// The name of its files in the work folder.
    pub fn work_name(&self) -> String {
        let path = self.path.as_os_str().as_encoded_bytes();
        format!(
            "{:016x}{:016x}",
            XxHash3_64::oneshot_with_seed(0, path),
            XxHash3_64::oneshot_with_seed(1, path)
        )
    }
}

/// What was found below a folder.
#[derive(Debug, Default)]
pub struct Found {
    /// The files of documents.
    pub shards: Vec<Shard>,
    /// What may be or hold such files, but cannot be read.
    pub unreadable: Vec<Unreadable>,
}

/// A file or folder that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its path below the corpus folder.
    pub name: String,
    /// Why, in plain words.
    pub reason: String,
}

/// The files of a corpus in the order of their names; links are followed. Passed over are hidden files,
/// `out_dir`, which is written to, and side files: each `.json` that is one object without a text, of which `text` are the field's names. Such tell of documents and hold none.
///
/// # Errors
/// If the folder itself cannot be read, or there is no such file.
pub fn find(root: &Path, out_dir: &Path, text: &[String]) -> anyhow::Result<Found> {
    let out_dir = out_dir.canonicalize().ok();
    let is_hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
    let walk = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    let walk = walk.filter_entry(|entry| {
        entry.depth() == 0
            || !(is_hidden(entry.file_name())
                || entry.file_type().is_dir()
                    && out_dir.is_some()
                    && entry.path().canonicalize().ok() == out_dir)
    });
    let mut found = Found::default();
    for entry in walk {
        match entry.and_then(|entry| Ok((entry.metadata()?, entry))) {
            Ok((metadata, entry)) if metadata.is_file() => {
                let Some(format) = format_of(entry.path()) else { continue };
                let shard = Shard {
                    path: entry.path().to_owned(),
                    name: name_below(root, entry.path()),
                    format,
                    version: version(&metadata),
                };
                if !is_side_file(&shard, text) {
                    found.shards.push(shard);
                }
            }
            Ok(_) => {}
            Err(error) if error.depth() == 0 => {
                anyhow::bail!("{}: cannot be read: {}", root.display(), reason(&error))
            }
            Err(error) => {
                let path = error.path().unwrap_or(root);
                if !path.file_name().is_some_and(is_hidden) {
                    let name = name_below(root, path);
                    found.unreadable.push(Unreadable { name, reason: reason(&error) });
                }
            }
        }
    }
    anyhow::ensure!(
        !found.shards.is_empty(),
        "{}: expected files that end with {}, found none{}",
        root.display(),
        ENDINGS.map(|(ending, _)| ending).join(", "),
        found.unreadable.first().map_or_else(String::new, |Unreadable { name, reason }| format!(
            "; {name} cannot be read: {reason}"
        ))
    );
    Ok(found)
}

/// The path below the corpus folder, as it is shown; the file's name where it is the corpus.
fn name_below(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let steps: Vec<_> = below.iter().map(|step| step.to_string_lossy()).collect();
    match steps.is_empty() {
        true => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        false => steps.join("/"),
    }
}

/// Why something cannot be read, in plain words.
fn reason(error: &walkdir::Error) -> String {
    let is_link = error.path().and_then(|path| path.symlink_metadata().ok());
    let is_link = is_link.is_some_and(|metadata| metadata.is_symlink());
    match error.io_error() {
        _ if error.loop_ancestor().is_some() => "a link to a folder that it is in".to_owned(),
        Some(error) if is_link && error.kind() == io::ErrorKind::NotFound => {
            "a link to what is not there".to_owned()
        }
        Some(error) => files::reason(error),
        None => error.to_string(),
    }
}

/// Whether a file tells of documents and holds none.
fn is_side_file(shard: &Shard, text: &[String]) -> bool {
    let has_text = || -> Option<bool> {
        let file = files::open_regular(&shard.path).ok()?.take(MAX_LINE_BYTES as u64);
        has_field(BufReader::new(file), text).ok()
    };
    // What is more than one object, or damaged, is told where documents are read.
    shard.name.to_ascii_lowercase().ends_with(".json") && has_text() == Some(false)
}

fn format_of(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    ENDINGS.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, format)| *format)
}

fn version(metadata: &Metadata) -> Version {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified = modified.and_then(|age| u64::try_from(age.as_nanos()).ok()).unwrap_or(0);
    Version { bytes: metadata.len(), modified }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_any_depth_are_found_in_order_and_others_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in [
            "b/x.jsonl.zst",
            "a/deep/y.json.gz",
            "z.parquet",
            "README.md",
            ".hidden/q.jsonl",
            "out/c4.jsonl",
        ] {
            std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            std::fs::write(root.join(name), "x").unwrap();
        }
        let Found { shards, unreadable } = find(root, &root.join("out"), &[]).unwrap();
        assert_eq!(unreadable, []);
        let names: Vec<&str> = shards.iter().map(|shard| shard.name.as_str()).collect();
        assert_eq!(names, ["a/deep/y.json.gz", "b/x.jsonl.zst", "z.parquet"]);
        assert_eq!(shards[1].format, Format::Json(Compression::Zstd));
        let one = find(&root.join("z.parquet"), Path::new("out"), &[]).unwrap();
        assert_eq!(one.shards[0].name, "z.parquet");
        let error = find(&root.join(".hidden/none"), Path::new("out"), &[]).unwrap_err();
        assert!(
            error.to_string().contains("none: cannot be read: there is no such file"),
            "{error}"
        );
        assert!(
            find(&root.join("README.md"), Path::new("o"), &[])
                .unwrap_err()
                .to_string()
                .contains("found none")
        );
    }

    #[cfg(unix)]
    #[test]
    fn dead_links_are_named_and_what_tells_of_documents_is_passed_over() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::write(root.join("c4.jsonl"), "{\"text\": \"a\"}\n").unwrap();
        std::fs::write(root.join("dataset_info.json"), "{\n  \"features\": {}\n}\n").unwrap();
        symlink(root.join("nowhere"), root.join("arxiv")).unwrap();
        symlink(root.join("nowhere"), root.join(".#c4.jsonl")).unwrap();
        symlink(root, root.join("round")).unwrap();
        std::fs::write(root.join("checksums.json"), "{\"c4.jsonl\": \"d41d\"}").unwrap();
        std::fs::write(root.join("one.json"), "{\n  \"text\": \"a\"\n}\n").unwrap();
        let found = find(root, "none".as_ref(), &["text".to_owned()]).unwrap();
        let names: Vec<&str> = found.shards.iter().map(|shard| shard.name.as_str()).collect();
        assert_eq!(names, ["c4.jsonl", "one.json"]);
        let unreadable: Vec<(&str, &str)> = found
            .unreadable
            .iter()
            .map(|lost| (lost.name.as_str(), lost.reason.as_str()))
            .collect();
        let expected = [
            ("arxiv", "a link to what is not there"),
            ("round", "a link to a folder that it is in"),
        ];
        assert_eq!(unreadable, expected);
    }
}
