//! The file that texts are appended to, and the description beside it.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use data_anatomy_job::files;
use serde_json::{Map, Value, json};

use super::generation::Generation;
use super::scan::Contents;
use super::tally::Tally;
use crate::description::Description;
use crate::run_lock::RunLock;

/// The file of a run that writes texts.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    description_path: PathBuf,
    description: Description,
    n_wanted: u64,
    state: Mutex<State>,
    _lock: RunLock,
}

#[derive(Debug)]
struct State {
    file: File,
    contents: Contents,
}

impl Journal {
    /// The file at `path` for texts number 0 to `n_wanted` - 1, begun or taken up again; `sections`
    /// say what the run is. With `force` what is there is thrown away. `elsewhere` is what the user may
    /// give to write to another place.
    ///
    /// More texts than before may be wanted, since a text does not depend on how many there are.
    ///
    /// # Errors
    /// If the file belongs to another run or to nobody, holds more texts than are wanted, is malformed,
    /// is being written by another process, or cannot be written.
    pub fn open(
        path: &Path,
        sections: Map<String, Value>,
        n_wanted: u64,
        force: bool,
        elsewhere: &str,
    ) -> anyhow::Result<Self> {
        let description_path = beside(path, ".meta.json");
        let found = fs::symlink_metadata(path).ok();
        anyhow::ensure!(
            found.as_ref().is_none_or(fs::Metadata::is_file),
            "{}: stands there already and is no file",
            path.display()
        );
        let lock = RunLock::acquire(&beside(path, ".lock"), path)?;
        for written in [path, description_path.as_path()] {
            files::remove_partial(written)?;
        }
        if force && found.is_some() {
            fs::remove_file(path)
                .with_context(|| format!("{}: cannot be removed", path.display()))?;
        } else if found.is_some_and(|found| found.len() > 0) {
            // A file without a text, as a run leaves that failed before its first, is nobody's.
            take_up(path, &description_path, &sections, elsewhere)?;
        }
        let mut description = Description::new(sections);
        let contents = match File::options().read(true).write(true).open(path) {
            Ok(mut file) => Contents::of(path, &mut file, n_wanted)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Contents::default(),
            Err(error) => {
                return Err(error).with_context(|| format!("{}: cannot be opened", path.display()));
            }
        };
        description.complete = contents.n_texts() == n_wanted && contents.is_sorted();
        if description.complete {
            description.counts = contents.counts();
        }
        // The description comes first: a file without one would be taken for somebody else's.
        description.write_if_changed(&description_path)?;
        let file = File::options().create(true).append(true).read(true).open(path);
        let file = file.with_context(|| format!("{}: cannot be written", path.display()))?;
        let state = Mutex::new(State { file, contents });
        let path = path.to_owned();
        Ok(Self { path, description_path, description, n_wanted, state, _lock: lock })
    }

    /// The numbers of the texts that are still to be made, in order.
    pub fn missing(&self) -> Vec<u64> {
        let state = self.state();
        (0..self.n_wanted).filter(|&id| !state.contents.has(id)).collect()
    }

    /// How many texts are there, and how many tokens they have.
    pub fn so_far(&self) -> (u64, u64) {
        let state = self.state();
        (state.contents.n_texts(), state.contents.n_tokens())
    }

    /// Adds a text. When this returns the text outlives the process.
    ///
    /// # Errors
    /// If the file cannot be written, or the text is there already or is none of the wanted.
    pub fn append(&self, generation: &Generation) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(generation)?;
        line.push(b'\n');
        let mut state = self.state();
        let id = generation.id;
        anyhow::ensure!(
            id < self.n_wanted && !state.contents.has(id),
            "{}: text {id} is not one of the missing",
            self.path.display()
        );
        let end = state.contents.end();
        if let Err(error) = state.file.write_all(&line) {
            // What a full disk left of the line must not stay in front of the next one.
            let _ = state.file.set_len(end);
            return Err(error)
                .with_context(|| format!("{}: cannot be written", self.path.display()));
        }
        state.contents.add(generation, line.len() as u64);
        Ok(())
    }

    /// Sorts the file if all texts are there, and says how the run stands.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn finish(self) -> anyhow::Result<Tally> {
        let missing = self.missing();
        let mut state = self.state();
        let State { file, contents } = &mut *state;
        let tally = Tally { n_texts: contents.n_texts(), n_tokens: contents.n_tokens(), missing };
        if !tally.missing.is_empty() {
            return Ok(tally);
        }
        if !contents.is_sorted() {
            write_sorted(&self.path, file, contents)?;
        }
        let mut description = self.description.clone();
        description.complete = true;
        description.counts = contents.counts();
        description.write_if_changed(&self.description_path)?;
        Ok(tally)
    }

    /// A thread that panicked while it held the state left whole lines: `append` changes the
    /// state only after its line is written.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Checks that the file which is there belongs to this run.
fn take_up(
    path: &Path,
    description_path: &Path,
    sections: &Map<String, Value>,
    elsewhere: &str,
) -> anyhow::Result<()> {
    let Some(stored) = Description::read(description_path)? else {
        anyhow::bail!(
            "{}: is there already, and no {} tells what it is; --force overwrites it, {elsewhere} \
             keeps it",
            path.display(),
            description_path.display()
        );
    };
    stored.ensure_same_run(sections, path, elsewhere)
}

fn write_sorted(path: &Path, file: &mut File, contents: &Contents) -> anyhow::Result<()> {
    files::write_with(path, |sorted| {
        let mut line = Vec::new();
        for span in contents.spans_by_id() {
            file.seek(SeekFrom::Start(span.start))?;
            line.clear();
            (&*file).take(span.n_bytes).read_to_end(&mut line)?;
            sorted.write_all(&line)?;
        }
        Ok(())
    })
}

/// The path with `ending` after the whole of its name.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

impl Contents {
    /// What the description says about a file that is whole.
    fn counts(&self) -> Map<String, Value> {
        Map::from_iter([
            ("texts".to_owned(), json!(self.n_texts())),
            ("tokens".to_owned(), json!(self.n_tokens())),
            ("finish".to_owned(), json!(self.n_by_finish())),
        ])
    }
}

#[cfg(test)]
#[path = "run_file_tests.rs"]
mod tests;
