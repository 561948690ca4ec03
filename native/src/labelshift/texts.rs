//! The texts whose mixture is asked for: given in a file, or written now by the model.

use std::path::Path;

use anyhow::Context as _;
use data_anatomy_corpus::generations::{self, Generations};
use data_anatomy_lm::prompts::Prompts;

use super::settings::Settings;
use super::writer::{Order, Writer};

/// The file of a run's own texts, in its folder.
const FILE: &str = "generations.jsonl";

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

impl Texts {
    /// The texts of this run: given, or written now as far as they are not there already.
    ///
    /// # Errors
    /// If a file is malformed or belongs to another run, the model fails, or there is no text.
    pub fn obtain(settings: &Settings, writer: Option<&mut Writer<'_>>) -> anyhow::Result<Self> {
        match &settings.given_texts {
            Some(path) => Self::given(path, settings.n_texts),
            None => {
                let writer = writer.context("nobody writes texts")?;
                Self::written(writer, settings.n_texts_to_write())
            }
        }
    }

    /// The texts of a file, `n_at_most` of them (0: all).
    fn given(path: &Path, n_at_most: usize) -> anyhow::Result<Self> {
        let generations = generations::read(path, n_at_most)?;
        let are_whole = generations.input.n_prompts.is_none();
        Ok(Self { generations, are_made: false, are_whole, lead_in: 0, n_missing: 0 })
    }

    /// So many texts of the model's own.
    fn written(writer: &mut Writer<'_>, n_texts: usize) -> anyhow::Result<Self> {
        let prompts = Prompts::of_choice(&writer.settings.prompts)?;
        let written = writer.write(&Order {
            prompts: &prompts,
            n_texts,
            drawing: writer.settings.drawing,
            seed: writer.seed,
            keep_prompts: false,
            file: FILE,
            stage: "generate",
        })?;
        let generations = generations::read(&written.path, 0)?;
        let are_whole = prompts.all().is_empty();
        let (lead_in, n_missing) = (written.lead_in, written.n_missing);
        Ok(Self { generations, are_made: true, are_whole, lead_in, n_missing })
    }
}
