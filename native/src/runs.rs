//! Reading the summaries of run folders.

use std::path::{Path, PathBuf};

use data_anatomy_core::input_error::InputError;
use data_anatomy_core::run::Run;

use crate::files;

/// The summary of a run: `RUN/summary.json` for a folder, the file itself for a file.
pub fn summary_path(run: &Path) -> PathBuf {
    if run.is_dir() { run.join("summary.json") } else { run.to_owned() }
}

/// The run at this path.
///
/// # Errors
/// If its summary cannot be read, or is malformed.
pub fn read(run: &Path) -> Result<Run, InputError> {
    let path = summary_path(run);
    Run::parse(&path.display().to_string(), &files::read(&path)?)
}
