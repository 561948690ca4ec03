//! The index of weights in several files: which tensor is in which.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde::de::{Error as _, MapAccess, Visitor};

use super::shown_name::quoted;
use crate::json_file;

/// A checked index: every file is named by a path inside the index's own folder.
#[derive(Debug)]
pub(super) struct ShardIndex {
    path: PathBuf,
    files: Vec<PathBuf>,
    /// The place of each tensor's file in `files`.
    file_of: BTreeMap<String, usize>,
}

impl ShardIndex {
    /// The index at `path`; the files need not be there.
    ///
    /// # Errors
    /// If it is no index, is empty, lists a tensor twice, or names a file outside its folder.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let RawIndex { weight_map: TensorToFile(listed) } = json_file::read(path)?;
        ensure!(!listed.is_empty(), "{}: it lists no tensors", path.display());
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut places = BTreeMap::new();
        for (tensor, file) in &listed {
            ensure!(
                is_inside(file),
                "{}: it names {} for tensor {}, which is outside its folder; expected a file's name",
                path.display(),
                quoted(file),
                quoted(tensor)
            );
            places.insert(file.as_str(), 0);
        }
        for (place, of_file) in places.values_mut().enumerate() {
            *of_file = place;
        }
        let files = places.keys().map(|file| folder.join(file)).collect();
        let file_of =
            listed.iter().map(|(tensor, file)| (tensor.clone(), places[file.as_str()])).collect();
        Ok(Self { path: path.to_owned(), files, file_of })
    }

    /// Where the index is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The files, sorted.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(PathBuf::as_path)
    }

    /// Each tensor and the file that holds it, sorted by tensor.
    pub(super) fn tensors(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.file_of.iter().map(|(tensor, &file)| (tensor.as_str(), self.files[file].as_path()))
    }
}

/// The names of the files that the index at `path` lists, sorted.
///
/// # Errors
/// As [`ShardIndex::read`].
pub(crate) fn listed_files(path: &Path) -> anyhow::Result<Vec<String>> {
    let index = ShardIndex::read(path)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    index
        .files()
        .map(|file| {
            let inside = file.strip_prefix(folder)?;
            Ok(inside.to_str().context("it names a file whose name is not Unicode")?.to_owned())
        })
        .collect()
}

/// Whether the path stays in the folder it is relative to, whatever the system: no `..`, no root, no
/// drive, no separator of another system.
fn is_inside(path: &str) -> bool {
    let plain = |component| matches!(component, Component::Normal(_));
    !path.is_empty() && !path.contains(['\\', ':', '\0']) && Path::new(path).components().all(plain)
}

#[derive(Deserialize)]
struct RawIndex {
    weight_map: TensorToFile,
}

/// A JSON object of strings in which no key comes twice: which of two would count?
struct TensorToFile(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for TensorToFile {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(UniqueKeys).map(Self)
    }
}

struct UniqueKeys;

impl<'de> Visitor<'de> for UniqueKeys {
    type Value = BTreeMap<String, String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object that names the file of each tensor")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut file_of = BTreeMap::new();
        while let Some((tensor, file)) = map.next_entry::<String, String>()? {
            match file_of.entry(tensor) {
                Entry::Vacant(entry) => {
                    entry.insert(file);
                }
                Entry::Occupied(entry) => {
                    let tensor = quoted(entry.key());
                    return Err(A::Error::custom(format!("tensor {tensor} is listed twice")));
                }
            }
        }
        Ok(file_of)
    }
}
