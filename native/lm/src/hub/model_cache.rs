//! One model in the hub's cache: `blobs` by content, `snapshots` of commits that link to them, `refs`
//! that say which commit a branch was at.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use data_anatomy_job::files;
use hf_hub::{Cache, CacheRepo, Repo, RepoType};

use super::model_id::{ModelId, is_commit};
use crate::checkpoint::{self, WeightLayout};
use crate::config::Config;

/// The part of the cache that belongs to one revision of a model.
#[derive(Debug)]
pub(super) struct ModelCache {
    folder: PathBuf,
    revision: String,
    repo: CacheRepo,
}

impl ModelCache {
    /// The model's part of the cache in `root`.
    pub(super) fn new(root: &Path, model: &ModelId) -> Self {
        let revision = model.revision().to_owned();
        let repo = Repo::with_revision(model.id().to_owned(), RepoType::Model, revision.clone());
        let folder = root.join(repo.folder_name());
        Self { folder, revision, repo: Cache::new(root.to_owned()).repo(repo) }
    }

    /// Where contents are, by their tags.
    pub(super) fn blobs(&self) -> PathBuf {
        self.folder.join("blobs")
    }

    /// Where the files of a commit are.
    pub(super) fn snapshot(&self, commit: &str) -> PathBuf {
        self.repo.pointer_path(commit)
    }

    /// The files of the revision, if its configuration and all weights are there.
    pub(super) fn complete_snapshot(&self) -> Option<PathBuf> {
        let folder = if is_commit(&self.revision) {
            self.snapshot(&self.revision)
        } else {
            self.repo.get(Config::FILE)?.parent()?.to_owned()
        };
        (folder.join(Config::FILE).exists() && has_weights(&folder)).then_some(folder)
    }

    /// Puts the file into the snapshot of `commit`, unless it is there: `fetch` is given the folder of
    /// blobs and returns the one it put there.
    ///
    /// # Errors
    /// If it cannot be fetched or linked to.
    pub(super) fn add(
        &self,
        commit: &str,
        file: &str,
        fetch: impl FnOnce(&Path) -> anyhow::Result<PathBuf>,
    ) -> anyhow::Result<()> {
        let pointer = self.snapshot(commit).join(file);
        if pointer.exists() {
            return Ok(());
        }
        let blob = fetch(&self.blobs())?;
        if let Some(parent) = pointer.parent() {
            files::make_folder(parent)?;
        }
        // A link whose blob was removed.
        if pointer.symlink_metadata().is_ok() {
            fs::remove_file(&pointer)
                .with_context(|| format!("{}: cannot be replaced", pointer.display()))?;
        }
        let target = self.relative(&blob, file);
        let linked = link(&target, &pointer).or_else(|_| fs::hard_link(&blob, &pointer));
        match linked {
            // Another process was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked.with_context(|| format!("{}: cannot be made", pointer.display())),
        }
    }

    /// Notes that the revision is at `commit`.
    ///
    /// # Errors
    /// If the note cannot be written.
    pub(super) fn remember(&self, commit: &str) -> anyhow::Result<()> {
        if is_commit(&self.revision) {
            return Ok(());
        }
        self.repo
            .create_ref(commit)
            .with_context(|| format!("{}: cannot be written to", self.folder.display()))
    }

    /// The blob's path as seen from where a snapshot's `file` is, so that the cache can be moved.
    fn relative(&self, blob: &Path, file: &str) -> PathBuf {
        let depth = Path::new(file).components().count() + 1;
        let mut path: PathBuf = std::iter::repeat_n("..", depth).collect();
        path.push("blobs");
        path.extend(blob.file_name());
        path
    }
}

#[cfg(unix)]
fn link(target: &Path, pointer: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, pointer)
}

/// Links need rights elsewhere that users seldom have.
#[cfg(not(unix))]
fn link(_target: &Path, _pointer: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn has_weights(folder: &Path) -> bool {
    let Some(layout) = WeightLayout::ALL.into_iter().find(|it| folder.join(it.file()).exists())
    else {
        return false;
    };
    !layout.is_index()
        || checkpoint::listed_files(&folder.join(layout.file()))
            .is_ok_and(|shards| shards.iter().all(|shard| folder.join(shard).exists()))
}
