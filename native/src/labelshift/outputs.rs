//! The files of a run's folder.

use std::io::Write as _;
use std::path::Path;

use data_anatomy_core::files::predictions::Prediction;
use data_anatomy_core::label_shift::summary::Summary;
use data_anatomy_job::files;

use super::settings::OutputSettings;
use crate::plots;

/// Writes everything of a run but plots where none are wanted; the summary last.
///
/// # Errors
/// If the folder cannot be written to.
pub fn write(
    folder: &Path,
    settings: &OutputSettings,
    summary: &Summary,
    predictions: &[Prediction],
) -> anyhow::Result<()> {
    files::write_with(&folder.join("predictions.jsonl"), |file| {
        for prediction in predictions {
            writeln!(file, "{}", prediction.to_line())?;
        }
        Ok(())
    })?;
    files::write(&folder.join("summary.csv"), summary.shares_table().csv().as_bytes())?;
    if settings.plots {
        let intervals = summary.intervals();
        let figures = summary.figures(&settings.run_name, intervals.as_deref());
        plots::write(&folder.join("confusion_matrix.png"), &figures.confusion())?;
        plots::write(&folder.join("priors.png"), &figures.priors())?;
        plots::write(&folder.join("pbar_vs_ctpi.png"), &figures.fit())?;
    }
    // Last: where there is a summary, all the rest is there.
    files::write(&folder.join("summary.json"), summary.to_json().as_bytes())
}
