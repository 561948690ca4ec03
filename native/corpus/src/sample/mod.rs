//! A uniform sample of the documents of each category of a corpus, without duplicates.
//!
//! ```text
//! files ─ source: whose category? ─ budget: which parts? ─▶ tasks
//! tasks ─ pass, shards in parallel ─▶ candidates (work folder), counts
//! candidates ─ select: lowest priorities, no duplicates ─ publish ─▶ CATEGORY.jsonl, manifest.json
//! ```
//!
//! Where duplicates use up a category's candidates before it is full, the shards that had more are
//! read again for more of them, so that the sample is the one that unlimited room would have given.

pub mod budget;
mod byte_masks;
mod checked;
pub mod checksum;
pub mod document;
pub mod escaped;
pub mod exclude;
pub mod fields;
mod layout;
pub mod lengths;
pub mod lines;
pub mod list;
pub mod manifest;
pub mod merge_web;
pub mod naming;
mod outline;
mod pages;
pub mod pass;
pub mod priority;
pub mod publish;
pub mod reading;
pub mod record;
pub mod report;
pub mod reread;
mod rows;
pub mod rules;
pub mod select;
pub mod settings;
pub mod shard;
mod shard_reader;
pub mod shared;
pub mod source;
pub mod stream;
pub mod task;
pub mod window;
pub mod work;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use data_anatomy_core::shares::well_known;
use rayon::prelude::*;
use serde_json::Value;

use checked::Checked;
use data_anatomy_job::progress::Progress;
use naming::Naming;
use pass::{Pass, Passed};
use report::{ShardReport, Totals};
use reread::Rereader;
use select::{Known, Selection};
pub use settings::Settings;
use shard::{Found, Unreadable};
use shared::Capacities;
use task::Task;
use work::{NO_WORK_FOLDER, Work};

/// A sample that was put in place.
#[derive(Debug)]
pub struct Sampled {
    /// Its manifest.
    pub manifest: Value,
    /// Keys of the categories without a document.
    pub empty: Vec<String>,
}

/// Draws a sample and puts it in place.
///
/// ```
/// use data_anatomy_job::progress::Progress;
/// use data_anatomy_corpus::sample::{self, Settings};
///
/// # fn main() -> anyhow::Result<()> {
/// let folder = tempfile::tempdir()?;
/// let (corpus, out) = (folder.path().join("corpus"), folder.path().join("sample"));
/// std::fs::create_dir(&corpus)?;
/// let texts = ["one page", "another page", "ANOTHER  page", "a third page", "short"];
/// let lines = texts.map(|text| format!("{{\"text\": \"{text}\"}}\n"));
/// std::fs::write(corpus.join("c4.jsonl"), lines.concat())?;
///
/// let settings = Settings { n_per_category: 9, min_chars: 6, ..Settings::of(corpus, &out) };
/// let sampled = sample::run(&settings, &Progress::new(true))?;
///
/// // Three of the four that qualify: two are equal but for white space and case.
/// let c4 = &sampled.manifest["categories"][0];
/// assert_eq!((&c4["n_seen"], &c4["n_qualified"], &c4["n_kept"]), (&5.into(), &4.into(), &3.into()));
/// assert_eq!(std::fs::read_to_string(out.join("c4.jsonl"))?.lines().count(), 3);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// If the settings, the corpus or the folders do not allow it. What was read until then is kept, and
/// the same settings go on from there.
pub fn run(settings: &Settings, progress: &Progress) -> anyhow::Result<Sampled> {
    let checked = Checked::of(settings)?;
    let (root, out_dir) = (&settings.root, &settings.out_dir);
    let (rules, categories) = (&checked.rules, &settings.categories);
    publish::refuse_corpus_folder(out_dir, root)?;
    let Found { shards, unreadable } = shard::find(root, out_dir, &rules.text)?;
    let (mut shards, told_apart_by) = source::assign(shards, root, &checked.telling, &rules.text)?;
    let naming = Naming::new(categories)
        .map_err(|fault| anyhow::anyhow!("--categories: {}", fault.detail))?;
    // A name that makes no file is refused with its place when it is read.
    let is_wanted = |name: &str| !matches!(naming.key_of(name), Ok(None));
    shards.retain(|(_, source)| source.name().is_none_or(is_wanted));
    let tasks = budget::plan(shards, settings.budget, settings.seed);
    anyhow::ensure!(!tasks.is_empty(), "--categories: no file is of {}", categories.join(", "));
    progress.say(&format!("{} shards, categories by {}", tasks.len(), in_words(&told_apart_by)));
    let work = Work::at(out_dir)?;
    let drawing = Drawing {
        settings,
        checked: &checked,
        tasks: &tasks,
        naming: &naming,
        work: &work,
        progress,
    };
    if let Some(sampled) = drawing.finished() {
        return Ok(sampled);
    }
    drawing.claim()?;
    let drawn = drawing.draw()?;
    drawing.publish(&drawn, &told_apart_by, &unreadable)
}

fn in_words(ways: &BTreeSet<String>) -> String {
    ways.iter().cloned().collect::<Vec<_>>().join(" and ")
}

/// What drawing a sample needs.
struct Drawing<'a> {
    settings: &'a Settings,
    checked: &'a Checked,
    tasks: &'a [Task],
    naming: &'a Naming,
    work: &'a Work,
    progress: &'a Progress,
}

/// A sample that was drawn.
struct Draw {
    reports: Vec<ShardReport>,
    totals: Totals,
    selection: Selection,
    n_excluded: u64,
    n_passes: usize,
}

impl Drawing<'_> {
    /// Takes the work folder, unless another sample is in the way.
    fn claim(&self) -> anyhow::Result<()> {
        let named = self.named();
        let names = named.iter().map(|key| publish::file_name(key));
        let names: Vec<String> = names.chain([publish::MANIFEST.to_owned()]).collect();
        let Settings { out_dir, force, .. } = self.settings;
        publish::check_free(out_dir, &names, self.work, *force)?;
        self.work.open(&self.checked.record, *force)
    }

    /// Reads and selects until every category is full or has no more documents.
    fn draw(&self) -> anyhow::Result<Draw> {
        let mut capacities = Capacities { usual: self.checked.capacity, raised: BTreeMap::new() };
        let mut n_passes = 0;
        loop {
            n_passes += 1;
            let rules = &self.checked.rules;
            // Before the corpus is read: what is wrong with it is told at once.
            let mut known =
                Known::new(self.settings.near_dup, self.work).context(NO_WORK_FOLDER)?;
            let n_excluded =
                exclude::read(&self.settings.exclude, &rules.text, |digest| known.exclude(digest))?;
            let pass =
                Pass::new(self.tasks, rules, self.naming, &capacities, self.work, self.progress);
            let Passed { reports, totals, limits, cut } = pass.run()?;
            let candidates = select::gather(self.tasks, &reports, &limits, self.work)?;
            let needs_sketch = self.settings.near_dup > 0.0;
            let read = |candidates: &[&select::Drawn]| {
                self.rereader().read(candidates, |drawn, record| {
                    Ok(select::digests(record.candidate(&rules.window)?, drawn, needs_sketch))
                })
            };
            let selection = select::select(&candidates, self.settings.n_per_category, known, read)?;
            let short = self.short(&cut, &selection);
            if short.is_empty() {
                return Ok(Draw { reports, totals, selection, n_excluded, n_passes });
            }
            for (key, n_kept) in short {
                let before = capacities.of(&key);
                let room = larger(before, n_kept, self.settings.n_per_category);
                self.progress.say(&format!(
                    "{key}: {n_kept} of {} without duplicates among {before} candidates; reading again for {room}",
                    self.settings.n_per_category
                ));
                capacities.raised.insert(key, room);
            }
        }
    }

    fn rereader(&self) -> Rereader<'_> {
        Rereader { tasks: self.tasks, work: self.work }
    }

    /// The categories that are not full although there were more documents than room for candidates, with
    /// how many were kept.
    fn short(&self, cut: &BTreeSet<String>, selection: &Selection) -> Vec<(String, usize)> {
        let n_kept = |key: &String| selection.kept.get(key).map_or(0, Vec::len);
        cut.iter()
            .map(|key| (key.clone(), n_kept(key)))
            .filter(|(_, n)| *n < self.settings.n_per_category)
            .collect()
    }

    /// Writes the sample and puts it in place.
    fn publish(
        &self,
        drawn: &Draw,
        told_apart_by: &BTreeSet<String>,
        unreadable: &[Unreadable],
    ) -> anyhow::Result<Sampled> {
        let (tasks, rules) = (self.tasks, &self.checked.rules);
        let write = |(key, documents): (&String, &Vec<select::Drawn>)| {
            let written = publish::write_category(key, documents, self.rereader(), rules);
            Ok((key.clone(), written.with_context(|| format!("category {key}"))?))
        };
        let written = drawn.selection.kept.par_iter().map(write);
        let written = written.collect::<anyhow::Result<BTreeMap<_, _>>>()?;
        let made = manifest::Made {
            tool: &self.settings.tool,
            settings: &self.checked.record,
            told_apart_by,
            tasks,
            reports: &drawn.reports,
            unreadable,
            totals: &drawn.totals,
            selection: &drawn.selection,
            written: &written,
            n_excluded: drawn.n_excluded,
            n_passes: drawn.n_passes,
        };
        let manifest = made.manifest();
        let names: Vec<String> = written.keys().map(|key| publish::file_name(key)).collect();
        publish::publish(
            &self.settings.out_dir,
            &names,
            &manifest,
            self.work,
            self.settings.force,
        )?;
        Ok(self.sampled(manifest))
    }

    /// The sample of a run with the same settings that was interrupted when all was in place, and only its
    /// work folder not removed.
    fn finished(&self) -> Option<Sampled> {
        if !self.work.was_leaving || self.settings.force {
            return None;
        }
        let manifest = publish::manifest(&self.settings.out_dir);
        let is_ours = manifest["settings"].as_object() == Some(&self.checked.record);
        let is_there = |name: &String| self.settings.out_dir.join(name).is_file();
        let is_whole = publish::files_of(&manifest).iter().all(is_there);
        (is_ours && is_whole).then(|| self.sampled(manifest))
    }

    /// A sample that is in place, and which categories are empty of those that were asked for or met.
    fn sampled(&self, manifest: Value) -> Sampled {
        let files = publish::files_of(&manifest);
        let met = manifest["categories"].as_array().into_iter().flatten();
        let met = met.filter_map(|category| Some(well_known::key(category["name"].as_str()?)));
        let mut empty = self.named();
        empty.extend(met);
        empty.retain(|key| !files.contains(&publish::file_name(key)));
        Sampled { manifest, empty: empty.into_iter().collect() }
    }

    /// The keys of the categories that were asked for, or are told by names of files.
    fn named(&self) -> BTreeSet<String> {
        let named =
            self.tasks.iter().filter_map(|task| self.naming.key_of(task.source.name()?).ok()?);
        self.naming.wanted().iter().cloned().chain(named).collect()
    }
}

/// Room for candidates where `room` was too little: by the share of them that was kept, and at least
/// twice as much.
fn larger(room: usize, n_kept: usize, n_wanted: usize) -> usize {
    let by_share = (room as u128 * n_wanted as u128).div_ceil(n_kept.max(1) as u128);
    let by_share = usize::try_from(by_share.saturating_mul(5) / 4).unwrap_or(usize::MAX);
    by_share.clamp(room.saturating_mul(2), room.saturating_mul(16))
}

#[cfg(test)]
mod tests;
