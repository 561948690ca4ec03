//! The files of a corpus.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;
use walkdir::WalkDir;

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

/// The files of a corpus in the order of their names; links are followed, hidden files and `out_dir`,
/// which is written to, passed over.
///
/// # Errors
/// If a folder cannot be read, or there is no such file.
pub fn find(root: &Path, out_dir: &Path) -> anyhow::Result<Vec<Shard>> {
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
    let mut shards = Vec::new();
    for entry in walk {
        let entry = entry.with_context(|| format!("{}: cannot be read whole", root.display()))?;
        let Some(format) = format_of(entry.path()) else { continue };
        if entry.file_type().is_file() {
            let metadata = entry.metadata().with_context(|| entry.path().display().to_string())?;
            let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
            let steps: Vec<_> = below.iter().map(|step| step.to_string_lossy()).collect();
            shards.push(Shard {
                path: entry.path().to_owned(),
                name: if steps.is_empty() {
                    entry.file_name().to_string_lossy().into_owned()
                } else {
                    steps.join("/")
                },
                format,
                version: version(&metadata),
            });
        }
    }
    anyhow::ensure!(
        !shards.is_empty(),
        "{}: expected files that end with {}, found none",
        root.display(),
        ENDINGS.map(|(ending, _)| ending).join(", ")
    );
    Ok(shards)
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
        let shards = find(root, &root.join("out")).unwrap();
        let names: Vec<&str> = shards.iter().map(|shard| shard.name.as_str()).collect();
        assert_eq!(names, ["a/deep/y.json.gz", "b/x.jsonl.zst", "z.parquet"]);
        assert_eq!(shards[1].format, Format::Json(Compression::Zstd));
        let one = find(&root.join("z.parquet"), Path::new("out")).unwrap();
        assert_eq!(one[0].name, "z.parquet");
        let error = find(&root.join(".hidden/none"), Path::new("out")).unwrap_err();
        assert!(error.to_string().contains("none: cannot be read whole"), "{error}");
        assert!(
            find(&root.join("README.md"), Path::new("o"))
                .unwrap_err()
                .to_string()
                .contains("found none")
        );
    }
}
