//! A file seen as memory: what is never looked at is never read.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use data_anatomy_job::files;
use memmap2::Mmap;

/// The bytes of a file, read by the system where and when they are looked at.
#[derive(Debug)]
pub(super) struct MappedFile {
    path: PathBuf,
    bytes: Mmap,
}

impl MappedFile {
    /// The file at `path`.
    ///
    /// # Errors
    /// If it is not there, is no regular file, or cannot be mapped.
    #[expect(unsafe_code, reason = "a file can be mapped in no other way")]
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = files::open_regular(path)?;
        // SAFETY: the mapping is read-only and private to this process, the file is not written by
        // this program while it is open, and its bytes are read as plain bytes, of which every
        // value is valid. What remains is that another program changes the file meanwhile: then the
        // numbers are wrong, or, where it was cut short, the system ends this process (SIGBUS).
        // Weights are replaced by renaming, which leaves an open file as it was.
        let bytes = unsafe { Mmap::map(&file) }
            .with_context(|| format!("{}: cannot be mapped into memory", path.display()))?;
        Ok(Self { path: path.to_owned(), bytes })
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}
