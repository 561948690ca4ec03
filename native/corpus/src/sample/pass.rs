//! One pass over a corpus: every shard read once, its candidates put by, its documents counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use data_anatomy_job::progress::Progress;

use super::document::Fields;
use super::naming::Naming;
use super::priority::Lowest;
use super::reading::{self, Part};
use super::record;
use super::report::{ShardReport, Totals};
use super::shard::Shard;
use super::shard_reader::ShardReader;
use super::source::Source;
use super::window::Window;
use super::work::Work;

/// A shard, how much of it is read, and where its category stands.
#[derive(Debug, Clone)]
pub struct Task {
    /// The shard.
    pub shard: Shard,
    /// How much of it is read; nothing where none.
    pub part: Option<Part>,
    /// Where its category stands.
    pub source: Source,
}

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

/// Which documents qualify, and what is kept of them.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Seed of the choice.
    pub seed: u64,
    /// Documents with fewer characters do not qualify.
    pub min_chars: u64,
    /// What is kept of longer ones.
    pub window: Window,
    /// Names of the text's field.
    pub text: Vec<String>,
}

/// What a pass gave.
#[derive(Debug)]
pub struct Passed {
    /// The report of each shard, in their order.
    pub reports: Vec<ShardReport>,
    /// The counts of all, by key of category.
    pub totals: Totals,
    /// By key of category, the highest priority there was room for: no candidate above it can be drawn.
    pub limits: BTreeMap<String, u64>,
    /// Keys of the categories of which there were more candidates than room, in one shard or in all together.
    pub cut: BTreeSet<String>,
}

/// What a pass needs.
#[derive(Debug)]
pub struct Pass<'a> {
    tasks: &'a [Task],
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

impl<'a> Pass<'a> {
    /// A pass over these shards.
    pub fn new(
        tasks: &'a [Task],
        rules: &'a Rules,
        naming: &'a Naming,
        capacities: &'a Capacities,
        work: &'a Work,
        progress: &'a Progress,
    ) -> Self {
        let bytes_in_all = tasks.iter().map(|task| task.bytes()).sum();
        Self {
            tasks,
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

    /// Reads every shard that is not done yet, on all threads of the pool that this is called in, and
    /// returns what all gave.
    ///
    /// # Errors
    /// If the work folder cannot be written to, or there are too many categories.
    pub fn run(self) -> anyhow::Result<Passed> {
        let reports: Vec<Mutex<Option<anyhow::Result<ShardReport>>>> =
            self.tasks.iter().map(|_| Mutex::new(None)).collect();
        let mut open = Vec::new();
        for (index, task) in self.tasks.iter().enumerate() {
            match self.done(task)? {
                Some(report) => *lock(&reports[index]) = Some(Ok(report)),
                None => open.push(index),
            }
        }
        // Handed out one by one: shards differ in size too much to be dealt out beforehand.
        let next = AtomicUsize::new(0);
        rayon::broadcast(|_| {
            while let Some(&index) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
                let report = self.read(&self.tasks[index]);
                if report.is_err() {
                    next.store(open.len(), Ordering::Relaxed);
                }
                *lock(&reports[index]) = Some(report);
            }
        });
        let reports = reports
            .into_iter()
            .filter_map(|report| report.into_inner().unwrap_or_else(PoisonError::into_inner));
        let reports = reports.collect::<anyhow::Result<Vec<ShardReport>>>()?;
        let lowest = self.lowest.into_inner().unwrap_or_else(PoisonError::into_inner);
        let refused = |(key, lowest): (&String, &Lowest)| lowest.has_refused().then(|| key.clone());
        let cut = lowest.iter().filter_map(refused);
        let cut =
            cut.chain(reports.iter().flat_map(|report| report.refused.keys().cloned())).collect();
        let limits = lowest.into_iter().map(|(key, lowest)| (key, lowest.limit())).collect();
        let totals = self.totals.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Passed { reports, totals, limits, cut })
    }

    /// The report of a shard that was read before, with enough room for candidates.
    fn done(&self, task: &Task) -> anyhow::Result<Option<ShardReport>> {
        let Some(part) = task.part else {
            let (name, version) = (&task.shard.name, task.shard.version);
            return Ok(Some(ShardReport::new(name, version, Part::Head { bytes: 0 })));
        };
        let Some(mut report) = self.work.report(&task.shard) else { return Ok(None) };
        let had_room = |(key, room): (&String, &usize)| *room >= self.capacities.of(key);
        let is_enough = report.part == part && report.refused.iter().all(had_room);
        if !is_enough || !self.work.is_sound(&task.shard, &report) {
            return Ok(None);
        }
        let path = self.work.headers(&task.shard);
        record::for_each_header(&path, |header, _| {
            self.offer(&header.category, [header.priority].into_iter());
        })
        .with_context(|| format!("{}: cannot be read", path.display()))?;
        for key in report.categories.keys() {
            self.naming.meet(key)?;
        }
        self.add(&mut report);
        self.bytes_done.fetch_add(task.bytes(), Ordering::Relaxed);
        Ok(Some(report))
    }

    fn read(&self, task: &Task) -> anyhow::Result<ShardReport> {
        let part = task.part.unwrap_or(Part::Whole);
        let fields =
            Fields { text: self.rules.text.clone(), category: task.source.path().to_vec() };
        let n_read = AtomicU64::new(0);
        let mut reader = ShardReader::new(self, task, part, &n_read)?;
        let lost = reading::read(&task.shard, part, &fields, &n_read, &mut |place, document| {
            reader.take(place, document);
        });
        reader.finish(lost)
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

    /// Shows that so many more bytes were read.
    pub(super) fn show_progress(&self, n_bytes: u64) {
        let done = n_bytes + self.bytes_done.fetch_add(n_bytes, Ordering::Relaxed);
        let mebibytes = |bytes: u64| usize::try_from(bytes >> 20).unwrap_or(usize::MAX);
        // The last unit would end the stage, and other threads may still be reading.
        let total = mebibytes(self.bytes_in_all) + 1;
        self.progress.at("reading (MiB)", mebibytes(done).min(total - 1), Some(total));
    }
}

impl Task {
    fn bytes(&self) -> u64 {
        match self.part {
            None => 0,
            Some(Part::Whole) => self.shard.version.bytes,
            Some(Part::Head { bytes }) => bytes.min(self.shard.version.bytes),
            #[expect(clippy::cast_precision_loss, reason = "for progress")]
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "for progress"
            )]
            Some(Part::Random { share, .. }) => (self.shard.version.bytes as f64 * share) as u64,
        }
    }
}

/// What a thread that panicked left behind is whole: nothing is changed in several steps.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
