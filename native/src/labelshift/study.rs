//! A whole run: everything up to the verdicts, the study of these, and the files.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use data_anatomy_core::files::record::Context;
use data_anatomy_core::label_shift::study::{Study, StudyReplicate, merged_lengths};
use data_anatomy_core::label_shift::summary::Summary;
use data_anatomy_core::numeric::interval::Interval;
use data_anatomy_job::clock;
use data_anatomy_job::files;
use data_anatomy_job::progress::Progress;
use rayon::prelude::*;

use super::config::config;
use super::outputs;
use super::repetition::WithoutRepetition;
use super::run::Run;
use super::settings::Settings;
use crate::together::Together;
use crate::tool;

/// A run that ended.
#[derive(Debug)]
pub struct Finished {
    /// What was found.
    pub summary: Summary,
    /// The folder that everything was written to.
    pub folder: PathBuf,
    /// Whether texts or echoes are missing that a server did not make.
    pub is_partial: bool,
    /// What a run of openings of the same model, found beside it, says together with it.
    pub together: Option<Together>,
}

/// The mixture of a model's texts, estimated as the settings say; everything is written to the run's folder.
///
/// # Errors
/// If a setting is out of its range, an input is missing, malformed or too small, the model or the classifier
/// fails, or the folder cannot be written to. There is no summary then; texts that were made are kept.
pub fn run(settings: &Settings, progress: &Progress) -> anyhow::Result<Finished> {
    settings.check()?;
    let threads = rayon::ThreadPoolBuilder::new().num_threads(settings.n_threads).build();
    let threads = threads.context("--n-jobs: cannot start the threads")?;
    let folder = settings.folder();
    threads.install(|| estimate(settings, &folder, progress))
}

/// The run, with all its steps.
fn estimate(settings: &Settings, folder: &Path, progress: &Progress) -> anyhow::Result<Finished> {
    files::make_folder(folder)?;
    let run = Run::new(settings, folder, progress)?;
    let mut options = settings.choices.study_options()?;
    let merges = std::mem::take(&mut options.merges);
    let (taxonomy, lengths) = (&run.references.taxonomy, run.lengths.as_ref().ok());
    // Stored joined, so that the verdicts fit the summary beside them.
    let whole = run.predicted.verdicts(taxonomy, |_| true);
    let verdicts = whole.merged(&merges)?;
    let lengths = lengths.map(|known| merged_lengths(&whole, &verdicts, &known.lengths));
    let mut record = run.record();
    let mut diagnostics = run.doubts();
    let study = Study::new(&verdicts, lengths.as_ref(), options)?;
    if let Some(without) = WithoutRepetition::of(&run, &merges, study.analysis())? {
        record["repetition"] = without.record();
        diagnostics.push(without.doubt());
    }
    let (replicates, intervals) = carry_out(&study, progress);
    let context = Context {
        tool: tool::record(),
        created: Some(clock::now()),
        config: config(settings)?,
        inputs: record,
        diagnostics,
    };
    let mut summary = Summary::of_study(&study, &replicates, &intervals, context);
    let choices = (settings.choices.level, settings.choices.seed);
    let together = Together::find(folder, &summary.to_json(), choices);
    summary.diagnostics.extend(together.iter().flat_map(|both| both.diagnostics.clone()));
    outputs::write(folder, &settings.output, &summary, &verdicts.predictions)?;
    together.iter().try_for_each(Together::write)?;
    progress.say(&format!("written to {}", folder.display()));
    Ok(Finished { summary, folder: folder.to_owned(), is_partial: run.is_partial(), together })
}

/// All replicates and intervals of a study, in order, made on all threads.
pub fn carry_out(study: &Study, progress: &Progress) -> (Vec<StudyReplicate>, Vec<Interval>) {
    let n_replicates = usize::try_from(study.options().n_replicates).unwrap_or(usize::MAX);
    let done = AtomicUsize::new(0);
    let told = |stage: &str, total: usize| {
        let done = 1 + done.fetch_add(1, Ordering::Relaxed);
        progress.at(stage, done, Some(total));
    };
    let replicates: Vec<StudyReplicate> = (0..study.options().n_replicates)
        .into_par_iter()
        .map(|index| {
            let replicate = study.replicate(index);
            told("bootstrap", n_replicates);
            replicate
        })
        .collect();
    done.store(0, Ordering::Relaxed);
    let intervals = (0..study.n_intervals())
        .into_par_iter()
        .map(|class| {
            let interval = study.interval(class, &replicates);
            told("intervals", study.n_intervals());
            interval
        })
        .collect();
    (replicates, intervals)
}
