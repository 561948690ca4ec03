//! One run at a time on the same results.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The right to write some results, held until it is dropped. A process that ends in any way, even
/// killed, gives it back.
#[derive(Debug)]
pub struct RunLock {
    // Unlocked when it is closed.
    _file: Option<File>,
    path: PathBuf,
}

impl RunLock {
    /// The lock at `path`, a file made for it; `results` names what it guards.
    ///
    /// # Errors
    /// If another process holds it, or the file cannot be made.
    pub fn acquire(path: &Path, results: &Path) -> anyhow::Result<Self> {
        loop {
            let mut options = File::options();
            let opened = options.create(true).truncate(false).write(true).open(path);
            let file = opened.with_context(|| format!("{}: cannot be written", path.display()))?;
            match file.try_lock() {
                Ok(()) if is_at(&file, path) => {
                    return Ok(Self { _file: Some(file), path: path.to_owned() });
                }
                // Its holder ended, and removed it, between our opening and locking.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => anyhow::bail!(
                    "{}: another run is writing to it; wait for its end, or give another output",
                    results.display()
                ),
                // Some network file systems know no locks; that is no reason not to work there.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    return Ok(Self { _file: None, path: path.to_owned() });
                }
                Err(TryLockError::Error(error)) => {
                    return Err(error)
                        .with_context(|| format!("{}: cannot be locked", path.display()));
                }
            }
        }
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // Removed while it is held: whoever opened it before finds that it is not the file there.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the open file is the one at `path`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// Elsewhere a file that is open cannot be removed, so that it is the one at `path`.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_held_by_one_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.lock");
        let results = Path::new("out.jsonl");
        let held = RunLock::acquire(&path, results).unwrap();
        let error = RunLock::acquire(&path, results).unwrap_err().to_string();
        assert!(error.starts_with("out.jsonl: another run is writing to it"), "{error}");
        drop(held);
        assert!(!path.exists());
        RunLock::acquire(&path, results).unwrap();
    }

    #[test]
    fn many_at_once_never_hold_it_together() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.lock");
        let (holders, times_held) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..300 {
                        let Ok(lock) = RunLock::acquire(&path, Path::new("out")) else { continue };
                        assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0);
                        times_held.fetch_add(1, Ordering::SeqCst);
                        holders.fetch_sub(1, Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        assert!(times_held.load(Ordering::SeqCst) > 0);
    }

    #[test]
    fn what_a_killed_run_left_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.lock");
        std::fs::write(&path, "").unwrap();
        RunLock::acquire(&path, Path::new("out")).unwrap();
    }
}
