//! The files of a run's folder, but for the evidence.

use std::path::Path;

use data_anatomy_core::openings::summary::OpeningsSummary;
use data_anatomy_job::files;

use crate::plots;

/// Writes everything but plots where none are wanted; the summary last.
///
/// # Errors
/// If the folder cannot be written to.
pub fn write(
    folder: &Path,
    run_name: &str,
    with_plots: bool,
    summary: &OpeningsSummary,
) -> anyhow::Result<()> {
    files::write(&folder.join("summary.csv"), summary.shares_table().csv().as_bytes())?;
    if with_plots {
        let intervals = summary.intervals();
        let figures = summary.figures(run_name, intervals.as_deref());
        if let Some(priors) = figures.priors() {
            plots::write(&folder.join("priors.png"), &priors)?;
        }
        if let Some(following) = figures.following() {
            plots::write(&folder.join("following.png"), &following)?;
        }
        plots::write(&folder.join("first_tokens.png"), &figures.tokens())?;
    }
    // Last: where there is a summary, all the rest is there.
    files::write(&folder.join("summary.json"), summary.to_json().as_bytes())
}
