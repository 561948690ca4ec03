//! Which candidates are drawn: those of lowest priority of each category that resemble none drawn before.

use std::collections::BTreeMap;
use std::io;

use anyhow::Context as _;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::record::{self, Candidate, Header};
use super::report::ShardReport;
use super::task::Task;
use super::work::{NO_WORK_FOLDER, Work};
use crate::digest::{Digest, Sketch};
use crate::neighbours::Neighbours;

/// A candidate, and where its text is.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// Its shard's place among the tasks.
    pub shard: usize,
    /// What is known of it.
    pub header: Header,
    /// Where its text begins in the shard's file of texts.
    pub offset: u64,
    /// How often the same text is in the corpus.
    pub n_copies: u64,
}

impl Drawn {
    /// What tells its text, in the order of drawing.
    fn text(&self) -> (u64, &str) {
        (self.header.priority, &self.header.category)
    }
}

/// The candidates of all shards that may be drawn, the likeliest first. Copies stand for one. No priority
/// of a category may exceed its limit.
///
/// # Errors
/// If a file of candidates cannot be read.
pub fn gather(
    tasks: &[Task],
    reports: &[ShardReport],
    limits: &BTreeMap<String, u64>,
    work: &Work,
) -> anyhow::Result<Vec<Drawn>> {
    let of_shard = |shard: usize| match tasks[shard].part {
        Some(_) => gather_from(shard, &tasks[shard], &reports[shard], limits, work),
        None => Ok(Vec::new()),
    };
    let shards: Vec<anyhow::Result<Vec<Drawn>>> =
        (0..tasks.len()).into_par_iter().map(of_shard).collect();
    let mut all = Vec::new();
    for shard in shards {
        all.extend(shard?);
    }
    all.par_sort_unstable_by(|a, b| (a.text(), a.shard).cmp(&(b.text(), b.shard)));
    all.dedup_by(|other, first| {
        // The first shard's stands for all.
        let is_copy = other.text() == first.text();
        if is_copy {
            first.n_copies += other.n_copies;
        }
        is_copy
    });
    Ok(all)
}

/// The candidates of one shard.
fn gather_from(
    shard: usize,
    task: &Task,
    report: &ShardReport,
    limits: &BTreeMap<String, u64>,
    work: &Work,
) -> anyhow::Result<Vec<Drawn>> {
    let copies = report.copies.iter().map(|(key, priority, n)| ((key.as_str(), *priority), *n));
    let copies: FxHashMap<(&str, u64), u64> = copies.collect();
    let path = work.headers(&task.shard);
    let mut all = Vec::new();
    record::for_each_header(&path, |header, offset| {
        if limits.get(&header.category).is_some_and(|limit| header.priority <= *limit) {
            let n_copies =
                copies.get(&(header.category.as_str(), header.priority)).copied().unwrap_or(1);
            all.push(Drawn { shard, header, offset, n_copies });
        }
    })
    .with_context(|| format!("{}: cannot be read", path.display()))?;
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
    ///
    /// # Errors
    /// If the work folder cannot be written to.
    pub fn new(near_dup: f64, work: &Work) -> io::Result<Self> {
        let near = if near_dup > 0.0 {
            Some(Neighbours::new(near_dup, work.unnamed_file()?))
        } else {
            None
        };
        Ok(Self { equal: FxHashMap::default(), near })
    }

    /// Takes in a document that must not be in the sample.
    ///
    /// # Errors
    /// If the work folder cannot be written to.
    pub fn exclude(&mut self, digest: &Digest) -> io::Result<()> {
        self.add(digest, EXCLUDED)
    }

    fn add(&mut self, digest: &Digest, label: u32) -> io::Result<()> {
        self.equal.entry(digest.fingerprint).or_insert(label);
        match &mut self.near {
            Some(near) => near.add(&digest.sketch, label),
            None => Ok(()),
        }
    }

    /// The label of a document that is equal (true) or near (false).
    fn find(&self, digest: &Digest) -> io::Result<Option<(u32, bool)>> {
        if let Some(&label) = self.equal.get(&digest.fingerprint) {
            return Ok(Some((label, true)));
        }
        let near = self.near.as_ref().map(|near| near.find(&digest.sketch)).transpose()?;
        Ok(near.flatten().map(|label| (label, false)))
    }

    /// The same of any of these documents.
    fn find_any(&self, digests: &[Digest]) -> io::Result<Option<(u32, bool)>> {
        for digest in digests {
            let found = self.find(digest)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// Candidates that are read together, on all threads.
const BLOCK: usize = 512;

/// Draws up to `n` documents of each category from the candidates, in their order. `read` gives the digests
/// of candidates: of the whole document, and of what is kept of it.
///
/// A candidate is passed over where the whole document, or what is kept of it, is equal or nearly so
/// to one drawn before of any category, or to an excluded one.
///
/// # Errors
/// If `read` fails, or the index cannot be used.
pub fn select(
    candidates: &[Drawn],
    n: usize,
    known: Known,
    read: impl Fn(&[&Drawn]) -> anyhow::Result<Vec<[Digest; 2]>> + Sync,
) -> anyhow::Result<Selection> {
    let mut labels: Vec<&str> =
        candidates.iter().map(|drawn| drawn.header.category.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let mut selector = Selector { n, known, labels, selection: Selection::default() };
    let mut blocks = candidates.chunks(BLOCK);
    let mut block = selector.open(blocks.next().unwrap_or_default());
    let mut digests = read(&block)?;
    while !block.is_empty() {
        // While one block is drawn from, in order and so by one thread, the others read the next.
        let next = blocks
            .by_ref()
            .map(|candidates| selector.open(candidates))
            .find(|open| !open.is_empty())
            .unwrap_or_default();
        let (drawn, read_ahead) = rayon::join(|| selector.draw(&block, &digests), || read(&next));
        drawn?;
        (block, digests) = (next, read_ahead?);
    }
    Ok(selector.selection)
}

/// The documents drawn so far, and what is needed to draw more.
struct Selector<'c> {
    n: usize,
    known: Known,
    /// The keys of the categories, in order.
    labels: Vec<&'c str>,
    selection: Selection,
}

impl<'c> Selector<'c> {
    fn is_full(&self, key: &str) -> bool {
        self.selection.kept.get(key).is_some_and(|kept| kept.len() >= self.n)
    }

    /// Those of categories that are not full.
    fn open(&self, candidates: &'c [Drawn]) -> Vec<&'c Drawn> {
        candidates.iter().filter(|drawn| !self.is_full(&drawn.header.category)).collect()
    }

    fn draw(&mut self, block: &[&Drawn], digests: &[[Digest; 2]]) -> anyhow::Result<()> {
        for (drawn, digests) in block.iter().zip(digests) {
            if !self.is_full(&drawn.header.category) {
                self.draw_unless_known(drawn, digests).context(NO_WORK_FOLDER)?;
            }
        }
        Ok(())
    }

    fn draw_unless_known(&mut self, drawn: &Drawn, digests: &[Digest; 2]) -> io::Result<()> {
        let key = &drawn.header.category;
        let label = self.labels.binary_search(&key.as_str()).ok();
        let label = label.and_then(|label| u32::try_from(label).ok()).unwrap_or(EXCLUDED - 1);
        let tally = self.selection.tallies.entry(key.clone()).or_default();
        match self.known.find_any(digests)? {
            Some((EXCLUDED, _)) => tally.excluded += 1,
            Some((twin, is_equal)) => {
                let count = if is_equal { &mut tally.equal } else { &mut tally.near };
                *count += 1;
                tally.twin_in_other_category += u64::from(twin != label);
            }
            None => {
                let [whole, part] = digests;
                self.known.add(whole, label)?;
                if part != whole {
                    self.known.add(part, label)?;
                }
                tally.copies += drawn.n_copies.saturating_sub(1);
                self.selection.kept.entry(key.clone()).or_default().push(drawn.clone());
            }
        }
        Ok(())
    }
}

/// The digests of a whole document and of what is kept of it.
pub fn digests(candidate: Candidate, drawn: &Drawn, needs_sketch: bool) -> [Digest; 2] {
    let is_whole = candidate.kept.text.chars().count() as u64 == drawn.header.chars;
    let mut whole = candidate.digest;
    let mut part = if is_whole { whole.clone() } else { Digest::of(&candidate.kept.text) };
    if !needs_sketch {
        (whole.sketch, part.sketch) = (Sketch::default(), Sketch::default());
    }
    [whole, part]
}
