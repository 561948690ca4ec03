//! A run from its settings to its files.

use data_anatomy_core::membership::summary::MembershipSummary;
use data_anatomy_job::progress::Progress;

use super::analysis::AttackResult;
use super::collected::{self, Collected};
use super::outputs;
use super::settings::Settings;

/// A run whose files are written.
#[derive(Debug)]
pub struct Finished {
    /// What the analysis started from.
    pub collected: Collected,
    /// The results of each attack that was possible.
    pub results: Vec<AttackResult>,
    /// The summary of each, as it was written.
    pub summaries: Vec<MembershipSummary>,
}

/// Makes the scores that are missing, analyses all, and writes the results.
///
/// # Errors
/// If a setting is out of bounds, something that an attack needs is not given, cannot be read or written, or a
/// model fails. Scores that were made until then are kept, and the same settings go on from there.
pub fn run(settings: &Settings, progress: &Progress) -> anyhow::Result<Finished> {
    settings.check()?;
    let collected = collected::collect(settings, progress)?;
    let options = settings.analysis.options(settings.seed);
    let results = collected.results(&options);
    let summaries = outputs::summaries(settings, &collected, &results, &options)?;
    outputs::write_shared(&settings.outputs, &collected, &results, &options)?;
    for (summary, result) in summaries.iter().zip(&results) {
        let folder = outputs::write_attack(&settings.outputs, summary, result)?;
        progress.say(&format!("written to {}", folder.display()));
    }
    Ok(Finished { collected, results, summaries })
}
