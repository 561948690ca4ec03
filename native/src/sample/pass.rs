//! One pass over a corpus: every shard read once, its candidates put by, its documents counted.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::BufWriter;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use data_anatomy_core::well_known;

use super::document::{Document, Fault, Fields, Text};
use super::naming::{MAX_CATEGORIES, Naming};
use super::priority::{Lowest, Offer, Priorities};
use super::reading::{self, Part, Place};
use super::record::{self, Header, Packing};
use super::report::{CategoryCounts, ShardReport, Totals};
use super::shard::Shard;
use super::source::Source;
use super::window::Window;
use super::work::Work;
use crate::progress::Progress;

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

/// What a pass needs.
#[derive(Debug)]
pub struct Pass<'a> {
    tasks: &'a [Task],
    rules: &'a Rules,
    naming: &'a Naming,
    capacities: &'a Capacities,
    work: &'a Work,
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
    /// returns the report of each in their order, and the counts by category of all.
    ///
    /// # Errors
    /// If the work folder cannot be written to, or there are too many categories.
    pub fn run(self) -> anyhow::Result<(Vec<ShardReport>, Totals)> {
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
        let reports = reports.collect::<anyhow::Result<_>>()?;
        Ok((reports, self.totals.into_inner().unwrap_or_else(PoisonError::into_inner)))
    }

    /// The report of a shard that was read before, with enough room for candidates.
    fn done(&self, task: &Task) -> anyhow::Result<Option<ShardReport>> {
        let Some(part) = task.part else {
            let (name, version) = (&task.shard.name, task.shard.version);
            return Ok(Some(ShardReport::new(name, version, Part::Head { bytes: 0 })));
        };
        let Some(mut report) = self.work.report(&task.shard) else { return Ok(None) };
        let had_room = |(key, room): (&String, &usize)| *room >= self.capacities.of(key);
        if report.part != part || !report.refused.iter().all(had_room) {
            return Ok(None);
        }
        let mut priorities = Vec::new();
        let path = self.work.candidates(&task.shard);
        record::for_each_header(&path, |header, _| {
            priorities.push((header.category, header.priority));
        })
        .with_context(|| format!("{}: cannot be read", path.display()))?;
        let mut lowest = lock(&self.lowest);
        for (key, priority) in priorities {
            self.offer(&mut lowest, &key, priority);
        }
        drop(lowest);
        for key in report.categories.keys() {
            self.naming.meet(key)?;
        }
        report.add_to(&mut lock(&self.totals));
        self.bytes_done.fetch_add(task.bytes(), Ordering::Relaxed);
        Ok(Some(report))
    }

    fn offer(&self, lowest: &mut BTreeMap<String, Lowest>, key: &str, priority: u64) {
        match lowest.get_mut(key) {
            Some(lowest) => {
                lowest.offer(priority);
            }
            None => {
                let mut first = Lowest::new(self.capacities.of(key), u64::MAX);
                first.offer(priority);
                lowest.insert(key.to_owned(), first);
            }
        }
    }

    fn read(&self, task: &Task) -> anyhow::Result<ShardReport> {
        let part = task.part.unwrap_or(Part::Whole);
        let fields =
            Fields { text: self.rules.text.clone(), category: task.source.path().to_vec() };
        let n_read = AtomicU64::new(0);
        let mut reader = ShardReader {
            pass: self,
            source: &task.source,
            report: ShardReport::new(&task.shard.name, task.shard.version, part),
            out: self
                .work
                .start(&task.shard)
                .with_context(|| "the work folder cannot be written to")?,
            categories: Vec::new(),
            places: HashMap::new(),
            failed: None,
            n_taken: 0,
            n_read: &n_read,
            n_shown: 0,
        };
        let lost = reading::read(&task.shard, part, &fields, &n_read, &mut |place, document| {
            reader.take(place, document);
        });
        reader.show_progress();
        reader.finish(&task.shard, lost)
    }

    /// The limit of a category's priorities by what finished shards hold.
    fn limit(&self, key: &str) -> u64 {
        lock(&self.lowest).get(key).map_or(u64::MAX, Lowest::limit)
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

/// Takes in the documents of one shard.
struct ShardReader<'p> {
    pass: &'p Pass<'p>,
    source: &'p Source,
    report: ShardReport,
    out: BufWriter<File>,
    categories: Vec<Category>,
    /// Which of the categories a name is of; none for those not asked for.
    places: HashMap<String, Option<usize>>,
    failed: Option<anyhow::Error>,
    n_taken: u64,
    n_read: &'p AtomicU64,
    n_shown: u64,
}

/// One category of a shard.
struct Category {
    key: String,
    counts: CategoryCounts,
    priorities: Priorities,
    lowest: Lowest,
}

impl ShardReader<'_> {
    fn take(&mut self, place: Place, document: Result<Document<'_>, Fault>) {
        if self.failed.is_some() {
            return;
        }
        self.n_taken += 1;
        if self.n_taken.is_multiple_of(1024) {
            self.show_progress();
        }
        let taken = document.map_err(|fault| (place, fault)).and_then(|document| {
            let name = document.category.as_deref().or(self.source.name()).unwrap_or_default();
            let category = self.category(name).map_err(|fault| (place, fault))?;
            Ok((category, document))
        });
        match taken {
            Err((place, fault)) => self.report.add_fault(place, &fault),
            Ok((None, _)) => self.report.n_other += 1,
            Ok((Some(index), document)) => {
                if let Err(error) = self.sample(index, place, &document) {
                    self.failed = Some(error);
                }
            }
        }
    }

    /// The category of this name, if it was asked for.
    fn category(&mut self, name: &str) -> Result<Option<usize>, Fault> {
        if let Some(&index) = self.places.get(name) {
            return Ok(index);
        }
        let Some(key) = self.pass.naming.key_of(name)? else {
            // Names that nobody asked for may be many: they are not worth remembering for ever.
            if self.places.len() < MAX_CATEGORIES {
                self.places.insert(name.to_owned(), None);
            }
            return Ok(None);
        };
        if let Err(error) = self.pass.naming.meet(&key) {
            self.failed = Some(error);
            return Ok(None);
        }
        let known = self.categories.iter().position(|category| category.key == key);
        let index = known.unwrap_or(self.categories.len());
        if known.is_none() {
            let capacity = self.pass.capacities.of(&key);
            self.categories.push(Category {
                counts: CategoryCounts {
                    name: well_known::display_name(name),
                    ..CategoryCounts::default()
                },
                priorities: Priorities::new(self.pass.rules.seed, &key),
                lowest: Lowest::new(capacity, self.pass.limit(&key)),
                key,
            });
        }
        self.places.insert(name.to_owned(), Some(index));
        Ok(Some(index))
    }

    /// Counts a document, and puts it by if it may be drawn.
    fn sample(
        &mut self,
        index: usize,
        place: Place,
        document: &Document<'_>,
    ) -> anyhow::Result<()> {
        let category = &mut self.categories[index];
        let size = document.size;
        category.counts.text_bytes += u128::from(size.bytes);
        self.report.n_documents += 1;
        if size.chars < self.pass.rules.min_chars || document.text.is_blank() {
            category.counts.too_short.add(size.chars);
            return Ok(());
        }
        category.counts.qualified.add(size.chars);
        let priority = category.priorities.of(document.text.as_bytes());
        if category.lowest.offer(priority) != Offer::Taken {
            return Ok(());
        }
        let packing = match document.text {
            Text::Escaped(_) => Packing::Escaped,
            Text::Plain(_) => Packing::Plain,
        };
        let header = Header {
            category: category.key.clone(),
            priority,
            unit: place.unit.to_owned(),
            number: place.number,
            chars: size.chars,
            packing,
            n_bytes: 0,
        };
        record::write(&mut self.out, header, document.text, &self.pass.rules.window)
            .context("the work folder cannot be written to")
    }

    fn show_progress(&mut self) {
        let n_read = self.n_read.load(Ordering::Relaxed);
        let fresh = n_read - self.n_shown;
        self.n_shown = n_read;
        let done = fresh + self.pass.bytes_done.fetch_add(fresh, Ordering::Relaxed);
        let mebibytes = |bytes: u64| usize::try_from(bytes >> 20).unwrap_or(usize::MAX);
        // The last unit would end the stage, and other threads may still be reading.
        let total = mebibytes(self.pass.bytes_in_all) + 1;
        self.pass.progress.at("reading (MiB)", mebibytes(done).min(total - 1), Some(total));
    }

    fn finish(mut self, shard: &Shard, lost: Option<String>) -> anyhow::Result<ShardReport> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.report.lost = lost;
        self.report.bytes_read = self.n_read.load(Ordering::Relaxed);
        let mut lowest = lock(&self.pass.lowest);
        for category in self.categories {
            if category.lowest.has_refused() {
                let room = self.pass.capacities.of(&category.key);
                self.report.refused.insert(category.key.clone(), room);
            }
            for (priority, count) in category.lowest.counts() {
                self.pass.offer(&mut lowest, &category.key, priority);
                if count > 1 {
                    self.report.copies.push((category.key.clone(), priority, count));
                }
            }
            self.report.categories.insert(category.key, category.counts);
        }
        drop(lowest);
        self.pass.work.finish(shard, self.out, &self.report)?;
        self.report.add_to(&mut lock(&self.pass.totals));
        Ok(self.report)
    }
}

/// What a thread that panicked left behind is whole: nothing is changed in several steps.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
