//! One file from a hub into the cache: whole or not at all, and from where it stopped.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};
use data_anatomy_core::files::digest::Sha256Digest;
use data_anatomy_job::files;
use data_anatomy_job::progress::Progress;

use super::client::{Client, Failure, RemoteFile};

/// Bytes that are read at a time.
const BUFFER_BYTES: usize = 1 << 18;

/// The first pause before a request is made again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Where the content of the file at `url` is, in the folder `blobs`, after it was fetched there if
/// need be.
///
/// # Errors
/// If the hub refuses it, cannot be reached several times in a row, or sends another content than it
/// announced; what has come so far is kept, except in the last case.
pub(super) fn fetch(
    client: &Client,
    url: &str,
    name: &str,
    blobs: &Path,
    progress: &Progress,
) -> anyhow::Result<PathBuf> {
    let mut attempts = Attempts::new(client);
    let remote = loop {
        match client.describe(url) {
            Ok(remote) => break remote,
            Err(failure) => attempts.go_on_after(failure, "")?,
        }
    };
    let path = blobs.join(&remote.tag);
    if path.exists() {
        return Ok(path);
    }
    files::make_folder(blobs)?;
    let mut part = Part::open(&path, name, progress)?;
    if path.exists() {
        return Ok(path);
    }
    part.cut_to(&remote)?;
    let mut attempts = Attempts::new(client);
    while part.n_bytes < remote.n_bytes {
        let before = part.n_bytes;
        let appended = part.append_rest(client, url, &remote, &mut |n_bytes| {
            progress.at(
                &format!("{name}, MiB"),
                mebibytes(n_bytes),
                Some(mebibytes(remote.n_bytes)),
            );
        })?;
        if part.n_bytes > before {
            attempts = Attempts::new(client);
        }
        if let Err(failure) = appended {
            let kept = format!("; {} of {} bytes are here", part.n_bytes, remote.n_bytes);
            attempts.go_on_after(failure, &kept)?;
        }
    }
    part.finish(&remote, &path)?;
    Ok(path)
}

/// How often a request has failed with nothing gained.
struct Attempts {
    left: u32,
    pause: Duration,
}

impl Attempts {
    fn new(client: &Client) -> Self {
        Self { left: client.attempts(), pause: FIRST_PAUSE }
    }

    /// Waits a little before the next attempt; an error if there is to be none.
    fn go_on_after(&mut self, failure: Failure, kept: &str) -> anyhow::Result<()> {
        self.left = self.left.saturating_sub(1);
        match failure {
            Failure::Refused(reason) => bail!(reason),
            Failure::Unreachable(reason) if self.left == 0 => {
                bail!("{reason}{kept}; run the same command again to go on from there")
            }
            Failure::Unreachable(_) => {}
        }
        thread::sleep(self.pause);
        self.pause *= 2;
        Ok(())
    }
}

/// A file on its way.
struct Part {
    path: PathBuf,
    file: File,
    n_bytes: u64,
    digest: Sha256Digest,
}

impl Part {
    /// What is there of the content that will be at `path`; nothing at first. Other processes that
    /// fetch the same wait.
    fn open(path: &Path, name: &str, progress: &Progress) -> anyhow::Result<Self> {
        let mut file_name = path.file_name().unwrap_or_default().to_owned();
        file_name.push(".incomplete");
        let path = path.with_file_name(file_name);
        let opened =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = opened.with_context(|| format!("{}: cannot be written", path.display()))?;
        // Where files cannot be locked, nobody waits.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            progress.say(&format!("{name}: another process is fetching it; waiting"));
            file.lock().with_context(|| format!("{}: cannot be locked", path.display()))?;
        }
        Ok(Self { path, file, n_bytes: 0, digest: Sha256Digest::new() })
    }

    /// Reads what is there already; all of it is dropped if it is more than there will be.
    fn cut_to(&mut self, remote: &RemoteFile) -> anyhow::Result<()> {
        let cannot = || format!("{}: cannot be read", self.path.display());
        let n_bytes = self.file.metadata().with_context(cannot)?.len();
        if n_bytes > remote.n_bytes {
            return self.restart();
        }
        if remote.sha256().is_some() {
            let mut buffer = vec![0; BUFFER_BYTES];
            loop {
                match self.file.read(&mut buffer).with_context(cannot)? {
                    0 => break,
                    n_read => self.digest.update(&buffer[..n_read]),
                }
            }
        }
        self.file.seek(SeekFrom::Start(n_bytes)).with_context(cannot)?;
        self.n_bytes = n_bytes;
        Ok(())
    }

    fn restart(&mut self) -> anyhow::Result<()> {
        let restarted = self.file.set_len(0).and_then(|()| self.file.rewind());
        restarted.with_context(|| format!("{}: cannot be written", self.path.display()))?;
        self.n_bytes = 0;
        self.digest = Sha256Digest::new();
        Ok(())
    }

    /// Appends what the hub sends, until all is there or the connection ends, and says which; an
    /// error of the outer kind is this machine's.
    fn append_rest(
        &mut self,
        client: &Client,
        url: &str,
        remote: &RemoteFile,
        each: &mut dyn FnMut(u64),
    ) -> anyhow::Result<Result<(), Failure>> {
        let mut rest = match client.rest(url, self.n_bytes) {
            Ok(rest) => rest,
            Err(failure) => return Ok(Err(failure)),
        };
        if rest.start != self.n_bytes {
            self.restart()?;
        }
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let n_read = match rest.body.read(&mut buffer) {
                Ok(0) if self.n_bytes == remote.n_bytes => return Ok(Ok(())),
                Ok(0) => return Ok(Err(cut_off("it ended early"))),
                Ok(n_read) => n_read,
                Err(error) => return Ok(Err(cut_off(&error.to_string()))),
            };
            if self.n_bytes + n_read as u64 > remote.n_bytes {
                let sent = format!("more than the announced {} bytes come", remote.n_bytes);
                return Ok(Err(Failure::Refused(sent)));
            }
            self.file
                .write_all(&buffer[..n_read])
                .with_context(|| format!("{}: cannot be written", self.path.display()))?;
            if remote.sha256().is_some() {
                self.digest.update(&buffer[..n_read]);
            }
            self.n_bytes += n_read as u64;
            each(self.n_bytes);
        }
    }

    /// Puts the whole file into its place.
    fn finish(self, remote: &RemoteFile, path: &Path) -> anyhow::Result<()> {
        let found = self.digest.finish();
        if remote.sha256().is_some_and(|announced| announced != found) {
            let _ = fs::remove_file(&self.path);
            bail!(
                "it arrived damaged: its SHA-256 is {found}, not {}; it was removed: run the same \
                 command again",
                remote.tag
            );
        }
        let placed = self.file.sync_all().and_then(|()| fs::rename(&self.path, path));
        placed.with_context(|| format!("{}: cannot be written", path.display()))
    }
}

fn cut_off(reason: &str) -> Failure {
    Failure::Unreachable(format!("the connection was cut: {reason}"))
}

/// Mebibytes, rounded up, so that the last one is the end.
fn mebibytes(n_bytes: u64) -> usize {
    usize::try_from(n_bytes.div_ceil(1 << 20)).unwrap_or(usize::MAX)
}
