//! One pass over a corpus: every shard read once, its candidates put by, its documents counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use data_anatomy_job::progress::Progress;

use super::fields::Fields;
use super::naming::Naming;
use super::priority::Lowest;
use super::reading::{self, Part};
use super::record;
use super::report::{ShardReport, Totals};
use super::rules::Rules;
use super::shard_reader::ShardReader;
use super::shared::{Capacities, Shared, lock};
use super::task::Task;
use super::work::Work;

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

/// A pass over a corpus.
#[derive(Debug)]
pub struct Pass<'a> {
    tasks: &'a [Task],
    shared: Shared<'a>,
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
        let bytes_in_all = tasks.iter().map(Task::bytes).sum();
        Self { tasks, shared: Shared::new(rules, naming, capacities, work, progress, bytes_in_all) }
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
        let (lowest, totals) = self.shared.into_results();
        let refused = |(key, lowest): (&String, &Lowest)| lowest.has_refused().then(|| key.clone());
        let cut = lowest.iter().filter_map(refused);
        let cut =
            cut.chain(reports.iter().flat_map(|report| report.refused.keys().cloned())).collect();
        let limits = lowest.into_iter().map(|(key, lowest)| (key, lowest.limit())).collect();
        Ok(Passed { reports, totals, limits, cut })
    }

    /// The report of a shard that was read before, with enough room for candidates.
    fn done(&self, task: &Task) -> anyhow::Result<Option<ShardReport>> {
        let Some(part) = task.part else {
            let (name, version) = (&task.shard.name, task.shard.version);
            return Ok(Some(ShardReport::new(name, version, Part::Head { bytes: 0 })));
        };
        let shared = &self.shared;
        let Some(mut report) = shared.work.report(&task.shard) else { return Ok(None) };
        let had_room = |(key, room): (&String, &usize)| *room >= shared.capacities.of(key);
        let is_enough = report.part == part && report.refused.iter().all(had_room);
        if !is_enough || !shared.work.is_sound(&task.shard, &report) {
            return Ok(None);
        }
        let path = shared.work.headers(&task.shard);
        record::for_each_header(&path, |header, _| {
            shared.offer(&header.category, [header.priority].into_iter());
        })
        .with_context(|| format!("{}: cannot be read", path.display()))?;
        for key in report.categories.keys() {
            shared.naming.meet(key)?;
        }
        shared.add(&mut report);
        shared.count(task.bytes());
        Ok(Some(report))
    }

    fn read(&self, task: &Task) -> anyhow::Result<ShardReport> {
        let part = task.part.unwrap_or(Part::Whole);
        let fields =
            Fields { text: self.shared.rules.text.clone(), category: task.source.path().to_vec() };
        let n_read = AtomicU64::new(0);
        let mut reader = ShardReader::new(&self.shared, task, part, &n_read)?;
        let lost = reading::read(&task.shard, part, &fields, &n_read, &mut |place, document| {
            reader.take(place, document);
        });
        reader.finish(lost)
    }
}
