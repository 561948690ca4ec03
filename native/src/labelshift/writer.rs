//! What has texts and echoes written: the author, how it draws, and the folder that keeps them.

use std::path::{Path, PathBuf};

use data_anatomy_job::progress::Progress;
use data_anatomy_lm::author::{Author, Drawing, Job};
use data_anatomy_lm::prompts::Prompts;
use data_anatomy_lm::tokenizer::Tokenizer;

use super::settings::{Settings, WritingSettings};

/// What a user may give to keep texts of other settings.
const ELSEWHERE: &str = "another --run-name";

/// Has texts written for a run.
#[derive(Debug)]
pub struct Writer<'r> {
    /// Who writes, and how.
    pub settings: &'r WritingSettings,
    /// The run's seed.
    pub seed: u64,
    author: Author,
    folder: &'r Path,
    progress: &'r Progress,
}

/// Texts that are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// What they begin with.
    pub prompts: &'a Prompts,
    /// How many.
    pub n_texts: usize,
    /// How they are drawn.
    pub drawing: Drawing,
    /// Seed of the texts.
    pub seed: u64,
    /// Whether a text that is kept begins with its prompt.
    pub keep_prompts: bool,
    /// The file that keeps them, in the run's folder.
    pub file: &'a str,
    /// What progress is called.
    pub stage: &'static str,
}

/// Texts that were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file that keeps them.
    pub path: PathBuf,
    /// How many could not be made.
    pub n_missing: usize,
    /// Tokens of another document that were written before each, and thrown away.
    pub lead_in: usize,
}

impl<'r> Writer<'r> {
    /// The writer for this run, if something is to be written.
    ///
    /// # Errors
    /// If nobody is named, or the model cannot be opened.
    pub fn open(
        settings: &'r Settings,
        folder: &'r Path,
        progress: &'r Progress,
    ) -> anyhow::Result<Option<Self>> {
        if settings.writes_nothing() {
            return Ok(None);
        }
        let (seed, writing) = (settings.choices.seed, &settings.writing);
        let is_named = writing.author.who.is_some();
        anyhow::ensure!(
            is_named || settings.given_texts.is_some(),
            "no texts of a model: give --target-model MODEL or --endpoint URL to have them made, or \
             --use-cached-generations FILE with one {{\"text\": …}} per line"
        );
        anyhow::ensure!(
            is_named,
            "echoes are continuations by the model: give --target-model MODEL or --endpoint URL, or \
             --calibration-source real"
        );
        let author = Author::open(&writing.author, progress)?;
        Ok(Some(Self { settings: writing, seed, author, folder, progress }))
    }

    /// The author's tokenizer; a server's is not known.
    pub fn tokenizer(&self) -> Option<&Tokenizer> {
        self.author.tokenizer()
    }

    /// Has the texts written that are not there yet.
    ///
    /// # Errors
    /// If the file belongs to another run or cannot be written, or the model fails. Texts made before are kept.
    pub fn write(&mut self, order: &Order<'_>) -> anyhow::Result<Written> {
        let path = self.folder.join(order.file);
        let job = Job {
            prompts: order.prompts,
            n_texts: order.n_texts as u64,
            drawing: order.drawing,
            seed: order.seed,
            keep_prompts: order.keep_prompts,
            output: &path,
            force: self.settings.force,
            elsewhere: ELSEWHERE,
            stage: order.stage,
        };
        let tally = self.author.write(&job, self.progress)?;
        let (n_missing, lead_in) = (tally.missing.len(), self.author.lead_in(&job));
        Ok(Written { path, n_missing, lead_in })
    }
}
