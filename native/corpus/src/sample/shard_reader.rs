//! Takes in the documents of one shard: counts them, and puts those by that may be drawn.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use data_anatomy_core::messages::printable::shortened;
use data_anatomy_core::shares::well_known;
use rustc_hash::FxHashMap;

use super::document::{Document, Fault, Text};
use super::naming::MAX_CATEGORIES;
use super::priority::{Lowest, Offer, Priorities};
use super::reading::{Part, Place};
use super::record::{Header, Packing};
use super::report::{CategoryCounts, ShardReport};
use super::shared::Shared;
use super::task::Task;
use super::work::{Candidates, NO_WORK_FOLDER};

/// Characters of why a shard could not be read that are kept.
const MAX_LOST_CHARS: usize = 500;

/// Takes in the documents of one shard.
pub(super) struct ShardReader<'p> {
    shared: &'p Shared<'p>,
    task: &'p Task,
    report: ShardReport,
    out: Candidates,
    categories: Vec<Category>,
    /// Which of the categories a name is of; none for those not asked for.
    places: FxHashMap<String, Option<usize>>,
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

impl<'p> ShardReader<'p> {
    /// A reader of a task's shard, which adds the bytes that `n_read` counts to those of all.
    ///
    /// # Errors
    /// If the work folder cannot be written to.
    pub(super) fn new(
        shared: &'p Shared<'p>,
        task: &'p Task,
        part: Part,
        n_read: &'p AtomicU64,
    ) -> anyhow::Result<Self> {
        let out = shared.work.start(&task.shard).context(NO_WORK_FOLDER)?;
        Ok(Self {
            shared,
            task,
            report: ShardReport::new(&task.shard.name, task.shard.version, part),
            out,
            categories: Vec::new(),
            places: FxHashMap::default(),
            failed: None,
            n_taken: 0,
            n_read,
            n_shown: 0,
        })
    }

    /// Takes in a document, or what is wrong with it.
    pub(super) fn take(&mut self, place: Place, document: Result<Document<'_>, Fault>) {
        if self.failed.is_some() {
            return;
        }
        self.n_taken += 1;
        if self.n_taken.is_multiple_of(1024) {
            self.show_progress();
        }
        let taken = document.map_err(|fault| (place, fault)).and_then(|document| {
            let name = document.category.as_deref().or(self.task.source.name()).unwrap_or_default();
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
        let index = match self.shared.naming.key_of(name)? {
            None => None,
            Some(key) => match self.shared.naming.meet(&key) {
                Ok(()) => Some(self.category_of_key(key, name)),
                Err(error) => {
                    self.failed = Some(error);
                    None
                }
            },
        };
        // Spellings may be many: these few are met all the time, or none is.
        if self.places.len() < MAX_CATEGORIES {
            self.places.insert(name.to_owned(), index);
        }
        Ok(index)
    }

    fn category_of_key(&mut self, key: String, name: &str) -> usize {
        if let Some(known) = self.categories.iter().position(|category| category.key == key) {
            return known;
        }
        let name = well_known::display_name(name);
        self.categories.push(Category {
            counts: CategoryCounts { name, ..CategoryCounts::default() },
            priorities: Priorities::new(self.shared.rules.seed, &key),
            lowest: Lowest::new(self.shared.capacities.of(&key), self.shared.limit(&key)),
            key,
        });
        self.categories.len() - 1
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
        if size.chars < self.shared.rules.min_chars || document.text.is_blank() {
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
            place,
            chars: size.chars,
            packing,
            n_bytes: 0,
        };
        self.out.write(header, document.text, &self.shared.rules.window).context(NO_WORK_FOLDER)
    }

    fn show_progress(&mut self) {
        let n_read = self.n_read.load(Ordering::Relaxed);
        self.shared.show_progress(n_read - self.n_shown);
        self.n_shown = n_read;
    }

    /// Marks the shard as done, and adds what it gave to what all give; `lost` says why reading ended
    /// early, if it did.
    ///
    /// # Errors
    /// If anything could not be put by.
    pub(super) fn finish(mut self, lost: Option<String>) -> anyhow::Result<ShardReport> {
        self.show_progress();
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.report.lost = lost.map(|lost| shortened(&lost, MAX_LOST_CHARS).into_owned());
        self.report.bytes_read = self.n_read.load(Ordering::Relaxed);
        for category in self.categories {
            if category.lowest.has_refused() {
                let room = self.shared.capacities.of(&category.key);
                self.report.refused.insert(category.key.clone(), room);
            }
            self.shared
                .offer(&category.key, category.lowest.counts().map(|(priority, _)| priority));
            let copies = category.lowest.counts().filter(|(_, count)| *count > 1);
            let copies = copies.map(|(priority, n)| (category.key.clone(), priority, n));
            self.report.copies.extend(copies);
            self.report.categories.insert(category.key, category.counts);
        }
        self.shared.work.finish(&self.task.shard, self.out, &mut self.report)?;
        self.shared.add(&mut self.report);
        Ok(self.report)
    }
}
