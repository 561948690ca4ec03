//! The texts whose mixture is asked for: given in a file, or written now by the model.

use std::path::Path;

use anyhow::Context as _;

use crate::args::{LabelshiftArgs, Sources};
use crate::corpus::generations::{self, Generations};
use crate::lm::author::{Author, Job};
use crate::progress::Progress;

/// The file of a run's own texts, in its folder.
pub const FILE: &str = "generations.jsonl";

/// What a user may give to keep texts of other settings.
pub const ELSEWHERE: &str = "another --run-name";

/// The texts, and where they are from.
#[derive(Debug)]
pub struct Texts {
    /// The texts.
    pub generations: Generations,
    /// Whether the model wrote them for this run.
    pub are_made: bool,
    /// Whether they begin where documents do, and not after a prompt.
    pub are_whole: bool,
    /// Tokens of another document that the model wrote before each; 0 too where that is not known.
    pub lead_in: usize,
    /// Texts that could not be made.
    pub n_missing: usize,
}

/// Who writes for this run, if somebody has to.
///
/// # Errors
/// If nobody is named, or the model cannot be opened.
pub fn author(
    args: &LabelshiftArgs,
    sources: Sources,
    progress: &Progress,
) -> anyhow::Result<Option<Author>> {
    let is_named = args.author.endpoint.is_some() || args.author.model.target_model.is_some();
    if args.makes_texts() {
        anyhow::ensure!(
            is_named,
            "no texts of a model: give --target-model MODEL or --endpoint URL to have them made, or \
             --use-cached-generations FILE with one {{\"text\": …}} per line"
        );
    } else if !sources.need_echoes() {
        return Ok(None);
    }
    anyhow::ensure!(
        is_named,
        "echoes are continuations by the model: give --target-model MODEL or --endpoint URL, or \
         --calibration-source real"
    );
    args.author.author(progress).map(Some)
}

/// The texts of this run.
///
/// # Errors
/// If a file is malformed or belongs to another run, the model fails, or there is no text.
pub fn obtain(
    args: &LabelshiftArgs,
    author: Option<&mut Author>,
    folder: &Path,
    progress: &Progress,
) -> anyhow::Result<Texts> {
    if let Some(path) = &args.use_cached_generations {
        let generations = generations::read(path, args.num_prompts)?;
        let are_whole = generations.input.n_prompts.is_none();
        return Ok(Texts { generations, are_made: false, are_whole, lead_in: 0, n_missing: 0 });
    }
    let author = author.context("nobody writes texts")?;
    let prompts = args.drawing.prompts()?;
    let path = folder.join(FILE);
    let job = Job {
        prompts: &prompts,
        n_texts: args.n_texts() as u64,
        drawing: args.drawing.drawing(args.seed),
        keep_prompts: false,
        output: &path,
        force: args.force,
        elsewhere: ELSEWHERE,
        stage: "generate",
    };
    let tally = author.write(&job, progress)?;
    let generations = generations::read(&path, 0)?;
    let are_whole = prompts.all().is_empty();
    let (lead_in, n_missing) = (author.lead_in(&job), tally.missing.len());
    Ok(Texts { generations, are_made: true, are_whole, lead_in, n_missing })
}
