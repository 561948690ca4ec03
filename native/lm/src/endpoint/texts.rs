//! The texts that a journal lacks, asked of a server.

use data_anatomy_job::progress::Progress;

use super::completion::{Completion, Question};
use super::dialect::Terms;
use super::failure::Failure;
use super::failures::Failures;
use super::server::Endpoint;
use super::work::{Order, work_off};
use crate::journal::{Generation, Journal};
use crate::prompts::Prompts;
use crate::rate::Rate;

/// Asks the server for every text that the journal lacks, adds each as it comes, and returns those
/// that failed.
///
/// # Errors
/// If the server refuses what all requests have in common (key, model, address), fails too many texts
/// in a row, or a text cannot be written. Texts that came before are kept.
pub fn generate(
    endpoint: &Endpoint,
    prompts: &Prompts,
    journal: &Journal,
    progress: &Progress,
) -> anyhow::Result<Failures> {
    let missing = journal.missing();
    let n_before = usize::try_from(journal.so_far().0)?;
    let rate = Rate::start(progress, "generate", "texts", n_before, n_before + missing.len());
    let texts = Texts { endpoint, prompts, journal, rate: &rate };
    let result = work_off(endpoint, &texts, &missing, progress);
    rate.finish();
    result.map_err(|error| {
        error.context(format!(
            "stopped with {} of {} texts kept; the same command goes on from there",
            journal.so_far().0,
            n_before + missing.len()
        ))
    })
}

/// Texts with these prompts, for this journal.
struct Texts<'run> {
    endpoint: &'run Endpoint,
    prompts: &'run Prompts,
    journal: &'run Journal,
    rate: &'run Rate<'run>,
}

impl Order for Texts<'_> {
    type Item = u64;
    type Answer = Completion;
    const UNITS: &'static str = "texts";

    fn n_listed(&self) -> u32 {
        0
    }

    fn id(&self, id: &u64) -> u64 {
        *id
    }

    fn ask(&self, id: &u64, terms: Terms) -> Result<Completion, Failure> {
        let prompt = self.prompts.of_text(*id).map_or("", |prompt| prompt.text.as_str());
        let seed = self.endpoint.seed_of_text(*id);
        Question { prompt, seed, terms }.ask(self.endpoint)
    }

    fn keep(&self, id: &u64, completion: Completion) -> anyhow::Result<()> {
        let n_tokens = completion.n_tokens;
        let prompt = self.prompts.of_text(*id);
        let kept = prompt.filter(|_| self.endpoint.options.keep_prompts);
        let generation = Generation {
            id: *id,
            prompt_id: prompt.map(|prompt| prompt.id.clone()),
            text: kept.map(|prompt| prompt.text.clone()).unwrap_or_default() + &completion.text,
            n_tokens,
            finish: completion.finish,
        };
        self.journal.append(&generation)?;
        self.rate.add(1, n_tokens.unwrap_or(0));
        Ok(())
    }
}
