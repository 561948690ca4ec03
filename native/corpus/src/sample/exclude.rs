//! Documents that must not be in the sample, such as those a model is evaluated on.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;

use anyhow::Context as _;

use super::fields::Fields;
use super::reading::{self, Part};
use super::shard::{self, Unreadable};
use super::work::NO_WORK_FOLDER;
use crate::digest::Digest;

/// Why nothing may be unreadable here.
const UNKNOWN: &str = "what cannot be read cannot be kept out";

/// Calls `each`, which may fail, with the digest of every document in these folders, and returns how many
/// there are.
///
/// # Errors
/// If `each` does, or any of them cannot be read: what is not known cannot be kept out.
pub fn read(
    folders: &[PathBuf],
    text: &[String],
    mut each: impl FnMut(&Digest) -> io::Result<()>,
) -> anyhow::Result<u64> {
    let fields = Fields { text: text.to_vec(), category: Vec::new() };
    let mut n_documents = 0;
    for folder in folders {
        let found = shard::find(folder, "".as_ref(), text).context("--exclude")?;
        if let Some(Unreadable { name, reason }) = found.unreadable.first() {
            let path = folder.join(name);
            anyhow::bail!("--exclude: {}: {reason}; {UNKNOWN}", path.display());
        }
        for shard in found.shards {
            let (mut problem, mut failed) = (None, None);
            let n_read = AtomicU64::new(0);
            let lost =
                reading::read(&shard, Part::Whole, &fields, &n_read, &mut |place, document| {
                    match document
                        .map(|document| document.text.unpacked().map(|text| Digest::of(&text)))
                    {
                        Ok(Some(digest)) => {
                            n_documents += 1;
                            if let Err(error) = each(&digest) {
                                failed.get_or_insert(error);
                            }
                        }
                        Ok(None) => {}
                        Err(fault) => {
                            problem.get_or_insert(format!("{place}: {}", fault.detail));
                        }
                    }
                });
            if let Some(error) = failed {
                return Err(error).context(NO_WORK_FOLDER);
            }
            let path = shard.path.display();
            if let Some(problem) = lost.or(problem) {
                anyhow::bail!("--exclude: {path}: {problem}; {UNKNOWN}");
            }
        }
    }
    Ok(n_documents)
}
