//! All weights of a model, in however many files they lie.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};

use super::element_type::ElementType;
use super::host_tensor::HostTensor;
use super::shard_index::ShardIndex;
use super::shown_name::quoted;
use super::weight_file::{Format, WeightFile};
use super::weight_layout::WeightLayout;

/// A model's weights: every tensor of every file, by name.
///
/// It knows no architecture: language models ask for their tensors by a
/// [`WeightReader`](crate::weight_reader::WeightReader), encoders by themselves.
#[derive(Debug)]
pub struct Checkpoint {
    folder: PathBuf,
    files: Vec<WeightFile>,
    /// Where each tensor is: its place in `files`.
    file_of: BTreeMap<String, usize>,
}

impl Checkpoint {
    /// The weights in `folder`: of `model.safetensors`, of the files that
    /// `model.safetensors.index.json` lists, or of PyTorch's counterparts of these two. No tensor is
    /// read yet.
    ///
    /// # Errors
    /// If none of these files is there, or one of them is damaged, names a file outside the folder,
    /// or contradicts another; names the file, and the tensor where it is about one.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        for layout in WeightLayout::ALL {
            let path = folder.join(layout.file());
            // A link to a blob that is gone is found too, so that opening it says what is wrong.
            if path.symlink_metadata().is_err() {
                continue;
            }
            let empty = Self { folder: folder.to_owned(), files: vec![], file_of: BTreeMap::new() };
            return if layout.is_index() {
                empty.with_shards(&ShardIndex::read(&path)?, layout.format())
            } else {
                empty.with_file(&path, layout.format())
            };
        }
        bail!("{}: no weights are there; looked for {}", folder.display(), WeightLayout::list())
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The names of all tensors, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.file_of.keys().map(String::as_str)
    }

    /// The lengths of the tensor's axes, if there is one of this name.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.file(name)?.shape(name)
    }

    /// The type of the tensor's elements as stored, if there is one of this name.
    pub fn element_type(&self, name: &str) -> Option<ElementType> {
        self.file(name)?.element_type(name)
    }

    /// The number of elements of all tensors of floats together: what is stored twice counts twice,
    /// masks and counters do not count.
    pub fn n_parameters(&self) -> u64 {
        self.weights().map(|(n_elements, _)| n_elements).sum()
    }

    /// The bytes that these elements take as stored.
    pub fn n_bytes(&self) -> u64 {
        self.weights().map(|(n_elements, element_type)| n_elements * element_type.n_bytes()).sum()
    }

    /// The tensor of this name: mapped where the file holds it as it is handed out, else a copy.
    ///
    /// # Errors
    /// If there is none, or its elements are not floats of 16, 32, or 64 bits.
    pub fn tensor(&self, name: &str) -> anyhow::Result<HostTensor<'_>> {
        let Some(file) = self.file(name) else {
            bail!(
                "{}: no tensor is called {}, which this architecture needs; the weights hold {} \
                 others: are they another model's?",
                self.folder.display(),
                quoted(name),
                self.file_of.len()
            );
        };
        file.tensor(name)
            .with_context(|| format!("{}: tensor {}", file.path().display(), quoted(name)))
    }

    /// The tensor of this name, which must have this shape; it is not read if it has another.
    ///
    /// # Errors
    /// As [`Checkpoint::tensor`], and if it has another shape.
    pub fn tensor_of_shape(&self, name: &str, shape: &[usize]) -> anyhow::Result<HostTensor<'_>> {
        if let Some(found) = self.shape(name).filter(|&found| found != shape) {
            bail!(
                "{}: tensor {} has shape {found:?}; config.json asks for {shape:?}",
                self.folder.display(),
                quoted(name),
            );
        }
        self.tensor(name)
    }

    fn file(&self, name: &str) -> Option<&WeightFile> {
        self.files.get(*self.file_of.get(name)?)
    }

    /// Number of elements and type of each tensor of floats.
    fn weights(&self) -> impl Iterator<Item = (u64, ElementType)> {
        self.file_of.iter().filter_map(|(name, &file)| {
            let element_type = self.files[file].element_type(name)?;
            let shape = self.files[file].shape(name)?;
            element_type.is_float().then(|| (shape.iter().product::<usize>() as u64, element_type))
        })
    }

    fn with_shards(mut self, index: &ShardIndex, format: Format) -> anyhow::Result<Self> {
        for path in index.files() {
            self = self
                .with_file(path, format)
                .with_context(|| format!("{}: a shard that it lists", index.path().display()))?;
        }
        for (name, path) in index.tensors() {
            let found = self.file(name).map(WeightFile::path);
            ensure!(
                found == Some(path),
                "{}: tensor {} is not in {}, where it should be",
                index.path().display(),
                quoted(name),
                path.display()
            );
        }
        Ok(self)
    }

    fn with_file(mut self, path: &Path, format: Format) -> anyhow::Result<Self> {
        let file = WeightFile::open(path, format)?;
        let place = self.files.len();
        for name in file.names() {
            match self.file_of.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(place);
                }
                Entry::Occupied(entry) => bail!(
                    "{}: tensor {} is in {} too; expected it once",
                    path.display(),
                    quoted(entry.key()),
                    self.files[*entry.get()].path().display()
                ),
            }
        }
        self.files.push(file);
        Ok(self)
    }
}
