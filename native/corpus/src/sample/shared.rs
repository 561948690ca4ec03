//! What the shards of a pass share while they are read on many threads.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use data_anatomy_job::progress::Progress;

use super::naming::Naming;
use super::priority::Lowest;
use super::report::{ShardReport, Totals};
use super::rules::Rules;
use super::work::Work;

/// How many candidates there is room for.
#[derive(Debug, Clone)]
pub struct Capacities {
    /// For most categories.
    pub usual: usize,
    /// For those that need more, by key.
    pub raised: BTreeMap<String, usize>,
}

impl Capacities {
    /// The room for the category with this key.
    pub fn of(&self, key: &str) -> usize {
        self.raised.get(key).copied().unwrap_or(self.usual)
    }
}

/// What the shards of a pass share.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    pub(super) rules: &'a Rules,
    pub(super) naming: &'a Naming,
    pub(super) capacities: &'a Capacities,
    pub(super) work: &'a Work,
    progress: &'a Progress,
    /// The lowest priorities of finished shards: what lies above them cannot be drawn.
    lowest: Mutex<BTreeMap<String, Lowest>>,
    totals: Mutex<Totals>,
    bytes_done: AtomicU64,
    bytes_in_all: u64,
}

impl<'a> Shared<'a> {
    /// What shards of so many bytes share, before any is read.
    pub(super) fn new(
        rules: &'a Rules,
        naming: &'a Naming,
        capacities: &'a Capacities,
        work: &'a Work,
        progress: &'a Progress,
        bytes_in_all: u64,
    ) -> Self {
        Self {
            rules,
            naming,
            capacities,
            work,
            progress,
            lowest: Mutex::default(),
            totals: Mutex::default(),
            bytes_done: AtomicU64::new(0),
            bytes_in_all,
        }
    }

    /// Takes in priorities of a finished shard's documents.
    pub(super) fn offer(&self, key: &str, priorities: impl Iterator<Item = u64>) {
        let mut lowest = lock(&self.lowest);
        let category = lowest
            .entry(key.to_owned())
            .or_insert_with(|| Lowest::new(self.capacities.of(key), u64::MAX));
        for priority in priorities {
            category.offer(priority);
        }
    }

    /// The limit of a category's priorities by what finished shards hold.
    pub(super) fn limit(&self, key: &str) -> u64 {
        lock(&self.lowest).get(key).map_or(u64::MAX, Lowest::limit)
    }

    /// Adds the counts of a finished shard.
    pub(super) fn add(&self, report: &mut ShardReport) {
        report.add_to(&mut lock(&self.totals));
    }

    /// Counts so many bytes as read, without showing it.
    pub(super) fn count(&self, n_bytes: u64) {
        self.bytes_done.fetch_add(n_bytes, Ordering::Relaxed);
    }

    /// Shows that so many more bytes were read.
    pub(super) fn show_progress(&self, n_bytes: u64) {
        let done = n_bytes + self.bytes_done.fetch_add(n_bytes, Ordering::Relaxed);
        let mebibytes = |bytes: u64| usize::try_from(bytes >> 20).unwrap_or(usize::MAX);
        // The last unit would end the stage, and other threads may still be reading.
        let total = mebibytes(self.bytes_in_all) + 1;
        self.progress.at("reading (MiB)", mebibytes(done).min(total - 1), Some(total));
    }

    /// The lowest priorities and the counts of all shards, by key of category.
    pub(super) fn into_results(self) -> (BTreeMap<String, Lowest>, Totals) {
        let lowest = self.lowest.into_inner().unwrap_or_else(PoisonError::into_inner);
        (lowest, self.totals.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a thread that panicked left behind is whole: nothing is changed in several steps.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
