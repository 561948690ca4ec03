//! A model that scores, its weights loaded when they are first needed.

use std::cmp;

use data_anatomy_job::progress::Progress;
use data_anatomy_lm::engine::Engine;
use data_anatomy_lm::memory::Work;
use data_anatomy_lm::model::Model;

/// Tokens of a batch on a processor: intermediate results stay near its caches.
const CPU_BATCH_TOKENS: usize = 2048;
/// Tokens of a batch on a GPU, which wants much to do at a time.
const GPU_BATCH_TOKENS: usize = 1 << 14;

/// A model that scores.
pub struct Scorer<'model> {
    /// The model.
    pub model: &'model Model,
    batch_tokens: usize,
    engine: Option<Box<dyn Engine>>,
}

impl std::fmt::Debug for Scorer<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Scorer").field("model", &self.model).finish_non_exhaustive()
    }
}

impl<'model> Scorer<'model> {
    /// A scorer that computes so many tokens at a time; by default as many as suit its device.
    pub fn new(model: &'model Model, batch_tokens: Option<usize>) -> Self {
        let usual = if model.is_on_cpu() { CPU_BATCH_TOKENS } else { GPU_BATCH_TOKENS };
        Self { model, batch_tokens: cmp::max(1, batch_tokens.unwrap_or(usual)), engine: None }
    }

    /// Tokens that are computed at a time.
    pub fn batch_tokens(&self) -> usize {
        self.batch_tokens
    }

    /// The most tokens of a document that are scored where the user asks for `max_tokens` (0: as many as
    /// the context holds).
    pub fn max_tokens(&self, max_tokens: usize) -> usize {
        let context = self.model.blueprint.context;
        if max_tokens == 0 { context } else { max_tokens.min(context) }
    }

    /// What computes the model, loaded now if it was not before; `longest` is the most tokens of a sequence.
    ///
    /// # Errors
    /// If a weight is missing or wrong, or the device fails.
    pub fn engine(
        &mut self,
        longest: usize,
        progress: &Progress,
    ) -> anyhow::Result<&mut dyn Engine> {
        let engine = match self.engine.take() {
            Some(engine) => engine,
            None => {
                let work = Work::Score { batch_tokens: self.batch_tokens, longest };
                self.model.load(work, progress)?
            }
        };
        Ok(self.engine.insert(engine).as_mut())
    }
}
