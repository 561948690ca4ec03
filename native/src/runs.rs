//! Run folders: their names, and reading the summaries in them.

use std::path::{Path, PathBuf};

use data_anatomy_core::files::predictions;
use data_anatomy_core::files::run::StoredAnswer;
use data_anatomy_core::files::text;
use data_anatomy_core::messages::input_error::InputError;
use data_anatomy_job::files;

/// The summary of a run: `RUN/summary.json` for a folder, the file itself for a file.
pub fn summary_path(run: &Path) -> PathBuf {
    if run.is_dir() { run.join("summary.json") } else { run.to_owned() }
}

/// The verdicts that lie beside a summary, where there are any.
pub fn predictions_path(run: &Path) -> Option<PathBuf> {
    let path = summary_path(run).with_file_name("predictions.jsonl");
    path.is_file().then_some(path)
}

/// The file of a run of openings from which it is estimated again.
pub const EVIDENCE: &str = "openings.jsonl";

/// What of a run lies beside its summary, from which it is estimated again, in so far as it is there.
pub fn bases(run: &Path) -> Vec<PathBuf> {
    let evidence = summary_path(run).with_file_name(EVIDENCE);
    predictions_path(run).into_iter().chain(evidence.is_file().then_some(evidence)).collect()
}

/// What the run at this path answers, with its classifier's verdicts if they are wanted and there.
///
/// # Errors
/// If its summary or verdicts cannot be read, or are malformed.
pub fn read(run: &Path, with_predictions: bool) -> Result<StoredAnswer, InputError> {
    let path = summary_path(run);
    let mut answer = StoredAnswer::parse(&path.display().to_string(), &files::read(&path)?)?;
    let predictions = predictions_path(run).filter(|_| with_predictions);
    if let (StoredAnswer::Mixture(parsed), Some(path)) = (&mut answer, predictions) {
        let (bytes, shown) = (files::read(&path)?, path.display().to_string());
        parsed.predictions = predictions::parse(&shown, text::decode(&shown, &bytes)?)?;
        predictions::check_categories(&shown, &parsed.predictions, &parsed.taxonomy)?;
    }
    Ok(answer)
}

/// Refuses a name of a run that is not that of a folder.
///
/// # Errors
/// If it is empty, or leads elsewhere.
pub fn check_name(name: &str) -> anyhow::Result<()> {
    let is_name = !name.is_empty() && name != "." && name != "..";
    let is_foreign = |character: char| matches!(character, '/' | '\\') || character.is_control();
    anyhow::ensure!(
        is_name && !name.contains(is_foreign),
        "--run-name: expected the name of a folder, found `{name}`; the folder it is made in is \
         --output-dir"
    );
    Ok(())
}
