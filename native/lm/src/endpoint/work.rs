//! The work of a run: threads that ask a server until there is nothing more to ask for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use data_anatomy_job::progress::Progress;

use super::backoff::Gate;
use super::dialect::Terms;
use super::failure::Failure;
use super::failures::Failures;
use super::server::Endpoint;

/// A server that fails so many items in a row, each after its repetitions, is down.
const MAX_FAILED_IN_A_ROW: usize = 16;

/// What a run wants of a server: one answer for each item.
pub(super) trait Order: Sync {
    /// What one request is about.
    type Item: Sync;
    /// What the server says about it.
    type Answer;
    /// What items are called, in messages.
    const UNITS: &'static str;

    /// How many probable tokens each answer is to list.
    fn n_listed(&self) -> u32;

    /// The number by which the item is known.
    fn id(&self, item: &Self::Item) -> u64;

    /// Sends one request about the item.
    ///
    /// # Errors
    /// If there is no answer, or one that makes no sense.
    fn ask(&self, item: &Self::Item, terms: Terms) -> Result<Self::Answer, Failure>;

    /// Takes the answer, from any thread.
    ///
    /// # Errors
    /// If it cannot be kept, which ends the run.
    fn keep(&self, item: &Self::Item, answer: Self::Answer) -> anyhow::Result<()>;
}

/// Asks about every item, as many at once as the endpoint's options say, and returns those that failed.
///
/// # Errors
/// If the server refuses what all requests have in common (key, model, address), fails too many items
/// in a row, or an answer cannot be kept. Answers that came before are kept.
pub(super) fn work_off<O: Order>(
    endpoint: &Endpoint,
    order: &O,
    items: &[O::Item],
    progress: &Progress,
) -> anyhow::Result<Failures> {
    let (next, gate, end) = (AtomicUsize::new(0), Gate::default(), Mutex::new(End::default()));
    let work = Work { endpoint, order, items, progress, next, gate, end };
    std::thread::scope(|scope| {
        for _ in 0..endpoint.options.concurrency.min(items.len()) {
            scope.spawn(|| work.run());
        }
    });
    let end = work.end.into_inner().unwrap_or_else(PoisonError::into_inner);
    match end.fatal {
        Some(error) => Err(error),
        None => Ok(end.failures),
    }
}

/// What the threads share.
struct Work<'run, O: Order> {
    endpoint: &'run Endpoint,
    order: &'run O,
    items: &'run [O::Item],
    progress: &'run Progress,
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

impl<O: Order> Work<'_, O> {
    /// Goes through items until there are no more.
    fn run(&self) {
        while !self.gate.is_closed() {
            let Some(item) = self.items.get(self.next.fetch_add(1, Ordering::Relaxed)) else {
                return;
            };
            match self.answer(item) {
                Ok(answer) => self.keep(item, answer),
                Err(Failure::Stopped) => return,
                Err(failure) => self.note(item, &failure),
            }
        }
    }

    /// The server's answer, asked for as often as need be.
    fn answer(&self, item: &O::Item) -> Result<O::Answer, Failure> {
        let n_wished = self.order.n_listed();
        let mut terms = self.endpoint.dialect.terms(n_wished);
        let mut n_repeated = 0;
        loop {
            if !self.gate.pass() {
                return Err(Failure::Stopped);
            }
            let failure = match self.order.ask(item, terms) {
                Ok(answer) => {
                    self.learn(n_wished, terms);
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            if let Some(fewer) = terms.after(&failure) {
                terms = fewer;
                continue;
            }
            self.pause(item, n_repeated, failure)?;
            n_repeated += 1;
        }
    }

    /// Waits before the request is repeated.
    ///
    /// # Errors
    /// The failure itself, if repeating does not help or was tried often enough.
    fn pause(&self, item: &O::Item, n_repeated: u32, failure: Failure) -> Result<(), Failure> {
        let Failure::Passing { wait, .. } = failure else { return Err(failure) };
        let pause = self.endpoint.options.retry.pause(n_repeated, self.order.id(item));
        match (pause, wait) {
            (None, _) => return Err(failure),
            (Some(pause), Some(wait)) => self.gate.hold_all(wait.max(pause)),
            (Some(pause), None) => self.gate.sleep(pause),
        }
        Ok(())
    }

    /// From now on sends only what the server knows.
    fn learn(&self, n_wished: u32, terms: Terms) {
        for line in self.endpoint.dialect.learn(n_wished, terms) {
            self.progress.say(&line);
        }
    }

    fn keep(&self, item: &O::Item, answer: O::Answer) {
        match self.order.keep(item, answer) {
            Ok(()) => self.end().n_failed_in_a_row = 0,
            Err(error) => self.stop(error),
        }
    }

    fn note(&self, item: &O::Item, failure: &Failure) {
        if let Failure::Refused { .. } = failure {
            return self.stop(anyhow::anyhow!("{failure}"));
        }
        let is_down = {
            let mut end = self.end();
            end.failures.add(failure.to_string(), self.order.id(item));
            end.n_failed_in_a_row += 1;
            end.n_failed_in_a_row >= MAX_FAILED_IN_A_ROW
        };
        if is_down {
            let units = O::UNITS;
            self.stop(anyhow::anyhow!(
                "{MAX_FAILED_IN_A_ROW} {units} in a row failed, the last: {failure}"
            ));
        }
    }

    /// Ends the work of all threads; the first error is the one that is told.
    fn stop(&self, error: anyhow::Error) {
        self.end().fatal.get_or_insert(error);
        self.gate.close();
    }

    fn end(&self) -> MutexGuard<'_, End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
