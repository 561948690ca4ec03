//! The small JSON files beside a model's weights.
//!
//! Whoever opens a published folder needs them, language model or encoder; so this is public.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use data_anatomy_job::files;
use serde::de::DeserializeOwned;

/// The largest such file that is read: a tokenizer of a million entries fits several times over.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// The value that the JSON file at `path` holds.
///
/// # Errors
/// If it is not there, cannot be read, is too large, or holds something else; names the file.
pub fn read<Value: DeserializeOwned>(path: &Path) -> anyhow::Result<Value> {
    let bytes = read_bytes(path)?;
    serde_json::from_slice(&bytes)
        .with_context(|| format!("{}: not the JSON that is expected", path.display()))
}

/// The value that the JSON file at `path` holds, if there is such a file.
///
/// # Errors
/// As [`read`], except that a missing file is none.
pub fn read_if_there<Value: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<Value>> {
    if path.exists() { read(path).map(Some) } else { Ok(None) }
}

/// The bytes of the file at `path`, for a reader of its own, as tokenizers have one.
///
/// # Errors
/// If it is not there, cannot be read, or holds more than [`MAX_BYTES`].
pub fn read_bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = files::open_regular(path)?;
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("{}: cannot be read", path.display()))?;
    if bytes.len() as u64 > MAX_BYTES {
        bail!("{}: holds more than {} MiB; expected a small file", path.display(), MAX_BYTES >> 20);
    }
    Ok(bytes)
}
