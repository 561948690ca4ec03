//! The work folder: what is done so far, so that an interrupted run goes on where it stood.
//!
//! Every shard that was read leaves three files: the headers and the texts of its candidates, and its report,
//! which comes last and tells by what they are known.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use data_anatomy_job::files;
use memchr::memchr;
use serde_json::{Map, Value};

use super::checksum::{Checksum, Summing};
use super::record;
use super::report::ShardReport;
use super::shard::Shard;

/// The name of the work folder within the output folder.
const FOLDER: &str = ".sample-work";

/// What failed where nothing can be put by.
pub const NO_WORK_FOLDER: &str = "the work folder cannot be used";

/// A shard's files of candidates while they are written.
pub type Candidates = record::Writer<BufWriter<Summing<File>>>;

/// A work folder.
#[derive(Debug)]
pub struct Work {
    folder: PathBuf,
    /// A file that is locked while a run uses the folder.
    lock: Mutex<Option<File>>,
    /// Whether an earlier run was interrupted while it removed its folder, and so was at its end.
    pub was_leaving: bool,
}

impl Work {
    /// The work folder in `out_dir`, which may not be there yet. What an earlier run left of one that it
    /// was removing is removed.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn at(out_dir: &Path) -> anyhow::Result<Self> {
        let folder = out_dir.join(FOLDER);
        let mut work = Self { folder, lock: Mutex::default(), was_leaving: false };
        work.was_leaving = work.leaving().exists();
        remove(&work.leaving())?;
        Ok(work)
    }

    /// Makes the folder, unless that of an interrupted run with the same settings is there.
    ///
    /// # Errors
    /// If it cannot be made, or belongs to a run with other settings and `force` is not given.
    pub fn open(&self, settings: &Map<String, Value>, force: bool) -> anyhow::Result<()> {
        let path = self.folder.join("settings.json");
        self.lock()?;
        // What is damaged, or was left before anything was read, is of no use.
        let before = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if let Some(before) = before.filter(|_| self.has_reports()) {
            let differences = differences(&before, settings);
            if differences.is_empty() {
                return Ok(());
            }
            anyhow::ensure!(
                force,
                "{}: an interrupted run had other settings: {}; run that command again to finish it, \
                 or start over with --force",
                self.folder.display(),
                differences.join(", ")
            );
        }
        self.remove()?;
        files::make_folder(&self.folder.join("shards"))?;
        files::make_folder(&self.folder.join("out"))?;
        self.lock()?;
        // Last: a folder without it is of no use.
        files::write(&path, &serde_json::to_vec_pretty(settings)?)
    }

    /// Keeps other runs from the folder, if it is there, until this one ends or removes it.
    fn lock(&self) -> anyhow::Result<()> {
        let file = match File::create(self.folder.join("lock")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            file => file.context(NO_WORK_FOLDER)?,
        };
        let mut held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        // Released first: a process may hold a lock once.
        *held = None;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => anyhow::bail!(
                "{}: another run is at work there; wait for it, or give another --out-dir",
                self.folder.display()
            ),
            // Some file systems know no locks.
            _ => *held = Some(file),
        }
        Ok(())
    }

    /// Whether any shard was read to its end.
    fn has_reports(&self) -> bool {
        let entries = fs::read_dir(self.folder.join("shards")).into_iter().flatten().flatten();
        let mut names = entries.map(|entry| entry.path());
        names.any(|path| path.extension().is_some_and(|ending| ending == "json"))
    }

    /// Removes the folder with all that is in it: at once, whatever interrupts it.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove(&self) -> anyhow::Result<()> {
        *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let leaving = self.leaving();
        match fs::rename(&self.folder, &leaving) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => {
                Err(error).with_context(|| format!("{}: cannot be removed", self.folder.display()))
            }
            Ok(()) => remove(&leaving),
        }
    }

    /// What the folder is called while it is being removed.
    fn leaving(&self) -> PathBuf {
        self.folder.with_extension("removed")
    }

    /// The folder in which outputs are made before they are put in place.
    pub fn out(&self) -> PathBuf {
        self.folder.join("out")
    }

    /// The file that tells which outputs this run may put in place.
    pub fn claims(&self) -> PathBuf {
        self.folder.join("claims.json")
    }

    /// The file of the headers of a shard's candidates.
    pub fn headers(&self, shard: &Shard) -> PathBuf {
        self.shard_file(shard, "headers")
    }

    /// The file of their texts.
    pub fn texts(&self, shard: &Shard) -> PathBuf {
        self.shard_file(shard, "texts")
    }

    /// The report of a shard as it is now, if there is one.
    pub fn report(&self, shard: &Shard) -> Option<ShardReport> {
        let bytes = fs::read(self.shard_file(shard, "json")).ok()?;
        let (line, checksum) = bytes.split_at(memchr(b'\n', &bytes)? + 1);
        let written: Checksum = serde_json::from_slice(checksum).ok()?;
        if Checksum::of(line).ok()? != written {
            return None;
        }
        let report: ShardReport = serde_json::from_slice(line).ok()?;
        (report.name == shard.name && report.version == shard.version).then_some(report)
    }

    /// New files for a shard's candidates; what was there of an earlier attempt is dropped.
    ///
    /// # Errors
    /// If they cannot be made.
    pub fn start(&self, shard: &Shard) -> io::Result<Candidates> {
        match fs::remove_file(self.shard_file(shard, "json")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let new = |path: PathBuf| {
            let file = Summing::new(File::create(path)?);
            io::Result::Ok(BufWriter::with_capacity(1 << 16, file))
        };
        Ok(Candidates { headers: new(self.headers(shard))?, texts: new(self.texts(shard))? })
    }

    /// Marks a shard as done.
    ///
    /// # Errors
    /// If the files cannot be written.
    pub fn finish(
        &self,
        shard: &Shard,
        candidates: Candidates,
        report: &mut ShardReport,
    ) -> anyhow::Result<()> {
        let finish = |mut file: BufWriter<Summing<File>>, path: PathBuf| {
            file.flush().with_context(|| format!("{}: cannot be written", path.display()))?;
            anyhow::Ok(file.get_ref().checksum())
        };
        report.headers = finish(candidates.headers, self.headers(shard))?;
        report.texts = finish(candidates.texts, self.texts(shard))?;
        // Not forced to the disk, which costs more than reading a small shard: half a report is none.
        let path = self.shard_file(shard, "json");
        let mut bytes = serde_json::to_vec(report)?;
        bytes.push(b'\n');
        let checksum = Checksum::of(bytes.as_slice())?;
        serde_json::to_writer(&mut bytes, &checksum)?;
        fs::write(&path, bytes).with_context(|| format!("{}: cannot be written", path.display()))
    }

    /// Whether a shard's candidates are what its report says; they may not be after a loss of power.
    pub fn is_sound(&self, shard: &Shard, report: &ShardReport) -> bool {
        let is = |path: PathBuf, expected: Checksum| {
            File::open(path).and_then(Checksum::of).is_ok_and(|checksum| checksum == expected)
        };
        is(self.headers(shard), report.headers) && is(self.texts(shard), report.texts)
    }

    /// A new file in the folder that is gone once it is closed, however that comes.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn unnamed_file(&self) -> io::Result<File> {
        tempfile::tempfile_in(&self.folder)
    }

    fn shard_file(&self, shard: &Shard, ending: &str) -> PathBuf {
        self.folder.join("shards").join(format!("{}.{ending}", shard.work_name()))
    }
}

/// Removes a folder, if it is there.
fn remove(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{}: cannot be removed", folder.display()))
        }
        _ => Ok(()),
    }
}

/// The settings that differ, each as `name: before, now`.
fn differences(before: &Map<String, Value>, now: &Map<String, Value>) -> Vec<String> {
    let mut names: Vec<&String> = before.keys().chain(now.keys()).collect();
    names.sort();
    names.dedup();
    let shown = |value: Option<&Value>| value.map_or_else(|| "none".to_owned(), Value::to_string);
    names
        .into_iter()
        .filter(|name| before.get(*name) != now.get(*name))
        .map(|name| format!("{name} was {}, is {}", shown(before.get(name)), shown(now.get(name))))
        .collect()
}
