//! What is there of a run's expectations, kept so that an interrupted run goes on: a line for each group of lead-ins.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use data_anatomy_job::files;
use data_anatomy_lm::description::Description;
use data_anatomy_lm::run_lock::RunLock;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::separator::Tried;
use crate::runs::EVIDENCE;

/// The file of what is there of it while the run is under way.
const PARTIAL: &str = "openings.partial.jsonl";
/// The file that tells what the run is.
const DESCRIPTION: &str = "openings.meta.json";
const LOCK: &str = "openings.lock";

/// What a user may give to keep what is there.
const ELSEWHERE: &str = "another --run-name";

/// A line of the work file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line {
    /// What the model was shown, of all that was tried.
    Separators {
        /// All that was tried, the one that is used first.
        tried: Vec<Tried>,
    },
    /// What the model expects after a group of lead-ins.
    Group {
        /// Which group.
        number: usize,
        /// The mean share of each cell.
        shares: Vec<f64>,
    },
    /// What a server answered after one lead-in.
    Answer {
        /// Which lead-in, counted through all groups.
        number: usize,
        /// Shares of cells, those that are not 0.
        shares: Vec<(usize, f64)>,
        /// How much of the probability the server listed.
        listed: f64,
    },
}

/// The files of a run that is under way, or done.
#[derive(Debug)]
pub struct WorkFile {
    folder: PathBuf,
    description: Description,
    lines: Vec<Line>,
    file: Option<File>,
    _lock: RunLock,
}

impl WorkFile {
    /// The files in this folder, begun or taken up again; `sections` say what the run is. With `force` what is there of
    /// another run is thrown away.
    ///
    /// # Errors
    /// If they belong to another run, are being written by another process, or cannot be read or written.
    pub fn open(folder: &Path, sections: &Map<String, Value>, force: bool) -> anyhow::Result<Self> {
        let described = folder.join(DESCRIPTION);
        let lock = RunLock::acquire(&folder.join(LOCK), folder)?;
        for name in [EVIDENCE, DESCRIPTION] {
            files::remove_partial(&folder.join(name))?;
        }
        let found = if force { None } else { Description::read(&described)? };
        let mut description = Description::new(sections.clone());
        match found {
            Some(found) => {
                found.ensure_same_run(sections, folder, ELSEWHERE)?;
                description = found;
            }
            None => {
                remove(&folder.join(PARTIAL))?;
                remove(&folder.join(EVIDENCE))?;
            }
        }
        description.write_if_changed(&described)?;
        let mut work = Self {
            folder: folder.to_owned(),
            description,
            lines: Vec::new(),
            file: None,
            _lock: lock,
        };
        if work.is_done() {
            // It may have been killed just before it removed this itself.
            remove(&work.folder.join(PARTIAL))?;
        } else {
            work.take_up()?;
        }
        Ok(work)
    }

    /// Whether all expectations are there, in the file of the evidence.
    pub fn is_done(&self) -> bool {
        self.description.complete && self.evidence().is_file()
    }

    /// The path of the evidence.
    pub fn evidence(&self) -> PathBuf {
        self.folder.join(EVIDENCE)
    }

    /// What is there so far.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What was counted when the run was done.
    pub fn counts(&self) -> &Map<String, Value> {
        &self.description.counts
    }

    /// Reads the whole lines that are there; what a crash left of another is cut off.
    fn take_up(&mut self) -> anyhow::Result<()> {
        let path = self.folder.join(PARTIAL);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(error).with_context(|| format!("{}: cannot be read", path.display()));
            }
        };
        let mut n_bytes = 0;
        for line in text.split_inclusive('\n') {
            let Ok(parsed) = serde_json::from_str(line) else { break };
            if !line.ends_with('\n') {
                break;
            }
            self.lines.push(parsed);
            n_bytes += line.len() as u64;
        }
        let cannot = || format!("{}: cannot be written", path.display());
        let file = File::options().create(true).append(true).open(&path).with_context(cannot)?;
        file.set_len(n_bytes).with_context(cannot)?;
        self.file = Some(file);
        Ok(())
    }

    /// Adds a line. When this returns it outlives the process.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn append(&mut self, line: Line) -> anyhow::Result<()> {
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        let cannot = || format!("{}: cannot be written", self.folder.join(PARTIAL).display());
        let file = self.file.as_mut().with_context(cannot)?;
        file.write_all(&bytes).with_context(cannot)?;
        self.lines.push(line);
        Ok(())
    }

    /// Puts the evidence in place of the work, with what is counted of it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(&mut self, evidence: &str, counts: Map<String, Value>) -> anyhow::Result<()> {
        files::write(&self.evidence(), evidence.as_bytes())?;
        self.description.complete = true;
        self.description.counts = counts;
        self.description.write(&self.folder.join(DESCRIPTION))?;
        self.file = None;
        remove(&self.folder.join(PARTIAL))
    }
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{}: cannot be removed", path.display()))
        }
        _ => Ok(()),
    }
}
