//! Documents that are nearly the same as one that is there already.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use rustc_hash::FxHashMap;

use super::digest::{Similarity, Sketch};

/// Lowest hashes by which sketches are looked up. Of two documents of similarity 0.8 about 13 of the 16
/// lowest are the same; that fewer than the three that are asked for are happens less than once in 10⁹.
const N_KEYS: usize = 16;
/// Hashes of a sketch that stay in memory. They tell most pairs; what is doubtful by them is looked up in
/// the file, where sketches are as long as they were made.
const N_IN_MEMORY: usize = 64;
/// An estimate is doubtful within so many standard errors of the threshold.
const DOUBT: f64 = 5.0;

/// An index of sketches by their lowest hashes: MinHash by one permutation (Broder 1997), so that each
/// kept hash serves as a band.
#[derive(Debug)]
pub struct Neighbours {
    threshold: f64,
    entries: Vec<Entry>,
    /// For each key the latest of the links to sketches that have it.
    by_key: FxHashMap<u32, u32>,
    links: Vec<Link>,
    /// The sketches that are longer than what is kept of them in memory.
    whole: WholeSketches,
}

/// A sketch that was added.
#[derive(Debug)]
struct Entry {
    beginning: Sketch,
    /// Where it is whole, if it is longer.
    whole: Option<InFile>,
    label: u32,
}

/// One of the sketches that have a key.
#[derive(Debug, Clone, Copy)]
struct Link {
    entry: u32,
    /// The one before it; [`NO_LINK`] where there is none.
    before: u32,
}

const NO_LINK: u32 = u32::MAX;

impl Neighbours {
    /// An index in which documents of a similarity of at least `threshold` (above 0) are neighbours;
    /// `file` is empty, and used for nothing else.
    pub fn new(threshold: f64, file: File) -> Self {
        let (entries, links) = (Vec::new(), Vec::new());
        let whole = WholeSketches { file, n_written: 0, unwritten: Vec::new() };
        Self { threshold, entries, by_key: FxHashMap::default(), links, whole }
    }

    /// Adds a sketch under a label; one without grams has no neighbours.
    ///
    /// # Errors
    /// If the file cannot be written to.
    pub fn add(&mut self, sketch: &Sketch, label: u32) -> io::Result<()> {
        let entry = u32::try_from(self.entries.len()).map_err(io::Error::other)?;
        for &key in sketch.lowest(N_KEYS) {
            let link = u32::try_from(self.links.len()).map_err(io::Error::other)?;
            let before = self.by_key.insert(key, link).unwrap_or(NO_LINK);
            self.links.push(Link { entry, before });
        }
        let beginning = sketch.shortened(N_IN_MEMORY);
        let whole = if beginning == *sketch { None } else { Some(self.whole.add(sketch)?) };
        self.entries.push(Entry { beginning, whole, label });
        Ok(())
    }

    /// The label of a neighbour, the first that was added, if there is any.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn find(&self, sketch: &Sketch) -> io::Result<Option<u32>> {
        for entry in self.candidates(sketch) {
            if self.is_near(entry, sketch)? {
                return Ok(Some(entry.label));
            }
        }
        Ok(None)
    }

    /// The labels of all neighbours, in the order in which they were added.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn find_all(&self, sketch: &Sketch) -> io::Result<Vec<u32>> {
        let mut labels = Vec::new();
        for entry in self.candidates(sketch) {
            if self.is_near(entry, sketch)? {
                labels.push(entry.label);
            }
        }
        Ok(labels)
    }

    /// The entries that share enough keys to be looked at.
    fn candidates(&self, sketch: &Sketch) -> impl Iterator<Item = &Entry> {
        let keys = sketch.lowest(N_KEYS);
        let mut shared: Vec<u32> = keys.iter().flat_map(|key| self.with_key(*key)).collect();
        shared.sort_unstable();
        let n_needed = self.n_needed(keys.len());
        let candidates = shared.chunk_by(|a, b| a == b).filter(|same| same.len() >= n_needed);
        let entries: Vec<&Entry> = candidates.map(|same| &self.entries[same[0] as usize]).collect();
        entries.into_iter()
    }

    /// The entries that have a key.
    fn with_key(&self, key: u32) -> impl Iterator<Item = u32> {
        let link = |place: u32| self.links.get(place as usize).copied();
        let latest = self.by_key.get(&key).and_then(|place| link(*place));
        std::iter::successors(latest, move |latest| link(latest.before)).map(|link| link.entry)
    }

    fn is_near(&self, entry: &Entry, sketch: &Sketch) -> io::Result<bool> {
        let mut similarity = entry.beginning.similarity(sketch);
        if self.is_doubtful(similarity)
            && let Some(whole) = entry.whole
        {
            similarity = self.whole.read(whole)?.similarity(sketch);
        }
        Ok(similarity.share >= self.threshold)
    }

    /// Whether more hashes might tell otherwise.
    #[expect(clippy::cast_precision_loss, reason = "at most the length of a sketch")]
    fn is_doubtful(&self, similarity: Similarity) -> bool {
        let Some(n_drawn) = similarity.n_drawn else { return false };
        let n_drawn = n_drawn as f64;
        let standard_error = (self.threshold * (1.0 - self.threshold) / n_drawn).sqrt();
        // At the threshold 1 the standard error is 0, but one gram more may differ.
        (similarity.share - self.threshold).abs() <= DOUBT * standard_error.max(1.0 / n_drawn)
    }

    /// A quarter of the keys that neighbours are expected to share.
    #[expect(clippy::cast_precision_loss, reason = "at most 16")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 16")]
    fn n_needed(&self, n_keys: usize) -> usize {
        ((n_keys as f64 * self.threshold / 4.0) as usize).max(1)
    }
}

/// Sketches in a file, which is written to in blocks.
#[derive(Debug)]
struct WholeSketches {
    file: File,
    n_written: u64,
    /// What comes behind in the file.
    unwritten: Vec<u8>,
}

/// Where a sketch begins in the file, and its bytes there.
#[derive(Debug, Clone, Copy)]
struct InFile {
    start: u64,
    n_bytes: usize,
}

/// Bytes that are written at a time.
const BLOCK_BYTES: usize = 1 << 20;

impl WholeSketches {
    fn add(&mut self, sketch: &Sketch) -> io::Result<InFile> {
        if self.unwritten.len() >= BLOCK_BYTES {
            self.file.seek(SeekFrom::Start(self.n_written))?;
            self.file.write_all(&self.unwritten)?;
            self.n_written += self.unwritten.len() as u64;
            self.unwritten.clear();
        }
        let bytes = sketch.to_bytes();
        let start = self.n_written + self.unwritten.len() as u64;
        self.unwritten.extend_from_slice(&bytes);
        Ok(InFile { start, n_bytes: bytes.len() })
    }

    fn read(&self, InFile { start, n_bytes }: InFile) -> io::Result<Sketch> {
        let unwritten = match start.checked_sub(self.n_written).map(usize::try_from) {
            Some(Ok(place)) => self.unwritten.get(place..place + n_bytes),
            _ => None,
        };
        let sketch = match unwritten {
            Some(bytes) => Sketch::from_bytes(bytes),
            None => {
                let mut bytes = vec![0; n_bytes];
                let mut file = &self.file;
                file.seek(SeekFrom::Start(start))?;
                file.read_exact(&mut bytes)?;
                Sketch::from_bytes(&bytes)
            }
        };
        Ok(sketch.ok_or(io::ErrorKind::InvalidData)?)
    }
}

#[cfg(test)]
#[path = "neighbours_tests.rs"]
mod tests;
