//! Which candidates are drawn: those of lowest priority of each category that resemble none drawn before.

use std::collections::BTreeMap;

use anyhow::Context as _;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::digest::{Digest, Sketch};
use super::neighbours::Neighbours;
use super::pass::{Capacities, Rules, Task};
use super::record::{self, Candidate, Header};
use super::report::ShardReport;
use super::work::Work;

/// A candidate, and where its text is.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// Its shard's place among the tasks.
    pub shard: usize,
    /// What is known of it.
    pub header: Header,
    /// Where its text begins in the file of candidates.
    pub offset: u64,
    /// How often the same text is in the corpus.
    pub n_copies: u64,
}

impl Drawn {
    /// Its text.
    ///
    /// # Errors
    /// If the file of candidates cannot be read.
    pub fn read(&self, tasks: &[Task], rules: &Rules, work: &Work) -> anyhow::Result<Candidate> {
        let path = work.candidates(&tasks[self.shard].shard);
        record::read(&path, &self.header, self.offset, &rules.window)
            .with_context(|| format!("{}: cannot be read", path.display()))
    }
}

/// The candidates of all shards that may be drawn, the likeliest first. Copies stand for one.
///
/// # Errors
/// If a file of candidates cannot be read.
pub fn gather(
    tasks: &[Task],
    reports: &[ShardReport],
    capacities: &Capacities,
    work: &Work,
) -> anyhow::Result<Vec<Drawn>> {
    let mut lowest: BTreeMap<String, BTreeMap<u64, Drawn>> = BTreeMap::new();
    for (shard, (task, report)) in tasks.iter().zip(reports).enumerate() {
        if task.part.is_none() {
            continue;
        }
        let copies: FxHashMap<(&str, u64), u64> = report
            .copies
            .iter()
            .map(|(key, priority, n)| ((key.as_str(), *priority), *n))
            .collect();
        let path = work.candidates(&task.shard);
        let each = |header: Header, offset| {
            let n_copies =
                copies.get(&(header.category.as_str(), header.priority)).copied().unwrap_or(1);
            let room = capacities.of(&header.category);
            let category = lowest.entry(header.category.clone()).or_default();
            match category.get_mut(&header.priority) {
                // The first shard's stands for all.
                Some(drawn) => drawn.n_copies += n_copies,
                None => {
                    category.insert(header.priority, Drawn { shard, header, offset, n_copies });
                    if category.len() > room {
                        category.pop_last();
                    }
                }
            }
        };
        record::for_each_header(&path, each)
            .with_context(|| format!("{}: cannot be read", path.display()))?;
    }
    let mut all: Vec<Drawn> = lowest.into_values().flat_map(BTreeMap::into_values).collect();
    all.sort_by(|a, b| {
        (a.header.priority, &a.header.category).cmp(&(b.header.priority, &b.header.category))
    });
    Ok(all)
}

/// How many candidates of a category were left out, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Further copies in the corpus of the documents kept.
    pub copies: u64,
    /// Equal to a document kept but for white space and case, as a whole or in what is kept of it.
    pub equal: u64,
    /// Nearly the same as a document kept.
    pub near: u64,
    /// Equal or nearly so to a document that was to be excluded.
    pub excluded: u64,
    /// Of the equal and near ones, those whose twin is in another category.
    pub twin_in_other_category: u64,
}

/// The documents drawn.
#[derive(Debug, Default)]
pub struct Selection {
    /// By key of category, the likeliest first, so that the first of them are a uniform sample, too.
    pub kept: BTreeMap<String, Vec<Drawn>>,
    /// What was left out, by key of category.
    pub tallies: BTreeMap<String, Tally>,
}

/// What the documents drawn so far and those excluded are known by.
#[derive(Debug)]
pub struct Known {
    /// Labels by fingerprint.
    equal: FxHashMap<u64, u32>,
    /// None where near duplicates are kept.
    near: Option<Neighbours>,
}

/// The label of excluded documents; others have the number of their category.
const EXCLUDED: u32 = u32::MAX;

impl Known {
    /// Nothing known yet. Documents of a similarity of at least `near_dup` are near duplicates; with 0,
    /// only equal ones are duplicates.
    pub fn new(near_dup: f64) -> Self {
        let near = (near_dup > 0.0).then(|| Neighbours::new(near_dup));
        Self { equal: FxHashMap::default(), near }
    }

    /// Takes in a document that must not be in the sample.
    pub fn exclude(&mut self, digest: &Digest) {
        self.add(digest, EXCLUDED);
    }

    fn add(&mut self, digest: &Digest, label: u32) {
        self.equal.entry(digest.fingerprint).or_insert(label);
        if let Some(near) = &mut self.near {
            near.add(&digest.sketch, label);
        }
    }

    /// The label of a document that is equal (true) or near (false).
    fn find(&self, digest: &Digest) -> Option<(u32, bool)> {
        if let Some(&label) = self.equal.get(&digest.fingerprint) {
            return Some((label, true));
        }
        let near = self.near.as_ref()?.find(&digest.sketch)?;
        Some((near, false))
    }
}

/// Candidates that are looked at together, on all threads.
const BLOCK: usize = 512;

/// Draws up to `n` documents of each category from the candidates, in their order.
///
/// A candidate is passed over where the whole document, or what is kept of it, is equal or nearly so
/// to one drawn before of any category, or to an excluded one.
///
/// # Errors
/// If a file of candidates cannot be read.
pub fn select(
    candidates: &[Drawn],
    n: usize,
    mut known: Known,
    read: impl Fn(&Drawn) -> anyhow::Result<Candidate> + Sync,
) -> anyhow::Result<Selection> {
    let mut selection = Selection::default();
    let mut labels: Vec<&str> =
        candidates.iter().map(|drawn| drawn.header.category.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let needs_sketch = known.near.is_some();
    let is_full = |selection: &Selection, key: &str| {
        selection.kept.get(key).is_some_and(|kept| kept.len() >= n)
    };
    for block in candidates.chunks(BLOCK) {
        let open: Vec<&Drawn> =
            block.iter().filter(|drawn| !is_full(&selection, &drawn.header.category)).collect();
        let all: Vec<anyhow::Result<[Digest; 2]>> =
            open.par_iter().map(|&drawn| Ok(digests(read(drawn)?, drawn, needs_sketch))).collect();
        for (drawn, digests) in open.into_iter().zip(all) {
            let key = &drawn.header.category;
            if is_full(&selection, key) {
                continue;
            }
            let digests = digests?;
            let label = labels
                .binary_search(&key.as_str())
                .ok()
                .and_then(|label| u32::try_from(label).ok());
            let label = label.unwrap_or(EXCLUDED - 1);
            let tally = selection.tallies.entry(key.clone()).or_default();
            match digests.iter().find_map(|digest| known.find(digest)) {
                Some((EXCLUDED, _)) => tally.excluded += 1,
                Some((twin, is_equal)) => {
                    let count = if is_equal { &mut tally.equal } else { &mut tally.near };
                    *count += 1;
                    tally.twin_in_other_category += u64::from(twin != label);
                }
                None => {
                    let [whole, part] = &digests;
                    known.add(whole, label);
                    if part != whole {
                        known.add(part, label);
                    }
                    tally.copies += drawn.n_copies - 1;
                    selection.kept.entry(key.clone()).or_default().push(drawn.clone());
                }
            }
        }
    }
    Ok(selection)
}

/// The digests of a whole document and of what is kept of it.
fn digests(candidate: Candidate, drawn: &Drawn, needs_sketch: bool) -> [Digest; 2] {
    let is_whole = candidate.kept.chars().count() as u64 == drawn.header.chars;
    let mut whole = candidate.digest;
    let mut part = if is_whole { whole.clone() } else { Digest::of(&candidate.kept) };
    if !needs_sketch {
        (whole.sketch, part.sketch) = (Sketch::default(), Sketch::default());
    }
    [whole, part]
}
