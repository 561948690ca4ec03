//! The work of a run: threads that ask for texts until there are no more to ask for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use data_anatomy_job::progress::Progress;

use super::backoff::Gate;
use super::client::{self, Completion, Failure, Question};
use super::failures::Failures;
use super::server::Endpoint;
use crate::journal::{Generation, Journal};
use crate::prompts::Prompts;
use crate::rate::Rate;

/// A server that fails so many texts in a row, each after its repetitions, is down.
const MAX_FAILED_IN_A_ROW: usize = 16;

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
    let work = Work {
        endpoint,
        prompts,
        journal,
        progress,
        rate: &rate,
        missing: &missing,
        next: AtomicUsize::new(0),
        gate: Gate::default(),
        end: Mutex::new(End::default()),
    };
    std::thread::scope(|scope| {
        for _ in 0..endpoint.options.concurrency.min(missing.len()) {
            scope.spawn(|| work.run());
        }
    });
    let end = work.end.into_inner().unwrap_or_else(PoisonError::into_inner);
    rate.finish();
    match end.fatal {
        Some(error) => Err(error.context(format!(
            "stopped with {} of {} texts kept; the same command goes on from there",
            journal.so_far().0,
            n_before + missing.len()
        ))),
        None => Ok(end.failures),
    }
}

/// What the threads share.
struct Work<'run> {
    endpoint: &'run Endpoint,
    prompts: &'run Prompts,
    journal: &'run Journal,
    progress: &'run Progress,
    rate: &'run Rate<'run>,
    missing: &'run [u64],
    next: AtomicUsize,
    gate: Gate,
    end: Mutex<End>,
}

/// How the work ended.
#[derive(Default)]
struct End {
    failures: Failures,
    n_failed_in_a_row: usize,
    fatal: Option<anyhow::Error>,
}

impl Work<'_> {
    /// Makes texts until there are no more to make.
    fn run(&self) {
        while !self.gate.is_closed() {
            let Some(&id) = self.missing.get(self.next.fetch_add(1, Ordering::Relaxed)) else {
                return;
            };
            match self.completion(id) {
                Ok(completion) => self.keep(id, completion),
                Err(Failure::Stopped) => return,
                Err(failure) => self.note(id, &failure),
            }
        }
    }

    /// The server's text, asked for as often as need be.
    fn completion(&self, id: u64) -> Result<Completion, Failure> {
        let prompt = self.prompts.of_text(id).map_or("", |prompt| prompt.text.as_str());
        let seed = self.endpoint.seed_of_text(id);
        let mut n_repeated = 0;
        loop {
            if !self.gate.pass() {
                return Err(Failure::Stopped);
            }
            let is_strict = self.endpoint.is_strict.load(Ordering::Relaxed);
            let question = Question { prompt, seed, is_strict };
            match self.endpoint.client.complete(&question) {
                Err(failure) if !is_strict && failure.names_an_extension() => self.turn_strict(),
                Err(Failure::Passing { reason, wait }) => {
                    let Some(pause) = self.endpoint.options.retry.pause(n_repeated, id) else {
                        return Err(Failure::Passing { reason, wait });
                    };
                    n_repeated += 1;
                    match wait {
                        Some(wait) => self.gate.hold_all(wait.max(pause)),
                        None => self.gate.sleep(pause),
                    }
                }
                answer => return answer,
            }
        }
    }

    /// From now on sends only what OpenAI's own servers know.
    fn turn_strict(&self) {
        if !self.endpoint.is_strict.swap(true, Ordering::Relaxed) {
            self.progress.say(&format!(
                "the server does not know {}: what it cuts off by itself stays cut off",
                client::EXTENSIONS.join(", ")
            ));
        }
    }

    fn keep(&self, id: u64, completion: Completion) {
        let n_tokens = completion.n_tokens;
        let prompt = self.prompts.of_text(id);
        let kept = prompt.filter(|_| self.endpoint.options.keep_prompts);
        let generation = Generation {
            id,
            prompt_id: prompt.map(|prompt| prompt.id.clone()),
            text: kept.map(|prompt| prompt.text.clone()).unwrap_or_default() + &completion.text,
            n_tokens,
            finish: completion.finish,
        };
        match self.journal.append(&generation) {
            Ok(()) => {
                self.rate.add(1, n_tokens.unwrap_or(0));
                self.end().n_failed_in_a_row = 0;
            }
            Err(error) => self.stop(error),
        }
    }

    fn note(&self, id: u64, failure: &Failure) {
        if let Failure::Refused { .. } = failure {
            return self.stop(anyhow::anyhow!("{failure}"));
        }
        let is_down = {
            let mut end = self.end();
            end.failures.add(failure.to_string(), id);
            end.n_failed_in_a_row += 1;
            end.n_failed_in_a_row >= MAX_FAILED_IN_A_ROW
        };
        if is_down {
            self.stop(anyhow::anyhow!(
                "{MAX_FAILED_IN_A_ROW} texts in a row failed, the last: {failure}"
            ));
        }
    }

    /// Ends the work of all threads; the first error is the one that is told.
    fn stop(&self, error: anyhow::Error) {
        self.end().fatal.get_or_insert(error);
        self.gate.close();
    }

    fn end(&self) -> std::sync::MutexGuard<'_, End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
