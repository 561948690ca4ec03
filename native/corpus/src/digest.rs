//! What tells documents apart: a fingerprint for equal ones, a sketch for similar ones.
//!
//! Both see a document as lower-case words (`words`).

use data_anatomy_core::numeric::rng;

use super::words;

/// Words in a gram.
const GRAM: usize = 5;
/// Grams in a sketch at most: documents of up to so many words are compared exactly, the similarity of
/// longer ones is estimated to within 0.006 (one standard error at 0.8).
pub const SKETCH: usize = 4096;

/// Grams that are gathered before all but the lowest are dropped.
const UNTIDIED: usize = 8 * SKETCH;

/// What tells a document from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The same for documents that differ in white space and case alone.
    pub fingerprint: u64,
    /// What similar documents share.
    pub sketch: Sketch,
}

/// The lowest hashes of a document's grams, in order, each once (Broder 1997).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    hashes: Vec<u32>,
    /// Whether the document may have more grams than these.
    is_cut: bool,
}

/// How much two documents' sets of grams overlap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    /// Their Jaccard index; 0 where both have none.
    pub share: f64,
    /// From how many grams of the union it is estimated; none where it is exact.
    pub n_drawn: Option<usize>,
}

impl Digest {
    /// The digest of a text.
    pub fn of(text: &str) -> Self {
        let mut maker = Maker::for_text(text);
        words::for_each(text, |word| maker.add(word));
        maker.finish()
    }
}

/// Takes in words and makes grams of them.
#[derive(Debug, Default)]
struct Maker {
    /// The last words, the oldest at `oldest`.
    recent: [u64; GRAM],
    oldest: usize,
    n_words: usize,
    /// The polynomial in [`GRAM_BASE`] whose coefficients the last words are (Karp & Rabin 1987).
    gram: u64,
    fingerprint: u64,
    grams: Vec<u32>,
    /// Once there are enough grams, those above this are of no use.
    limit: Option<u32>,
}

const GRAM_BASE: u64 = 0x9e37_79b9_7f4a_7c15;
/// What the word that leaves a gram was multiplied by.
const LEAVING: u64 = {
    let (mut power, mut exponent) = (1_u64, GRAM);
    while exponent > 0 {
        power = power.wrapping_mul(GRAM_BASE);
        exponent -= 1;
    }
    power
};

impl Maker {
    fn for_text(text: &str) -> Self {
        // Words have about six bytes with the blank, in most languages more.
        let n_grams = (text.len() / 6).min(UNTIDIED);
        Self { grams: Vec::with_capacity(n_grams), ..Self::default() }
    }

    /// Takes in the hash of a word.
    fn add(&mut self, word: u64) {
        self.fingerprint = (self.fingerprint.rotate_left(23) ^ word).wrapping_mul(GRAM_BASE);
        let leaving = std::mem::replace(&mut self.recent[self.oldest], word).wrapping_mul(LEAVING);
        self.oldest = if self.oldest + 1 == GRAM { 0 } else { self.oldest + 1 };
        self.gram = self.gram.wrapping_mul(GRAM_BASE).wrapping_add(word).wrapping_sub(leaving);
        self.n_words += 1;
        if self.n_words >= GRAM {
            self.add_gram();
        }
    }

    /// Adds the gram of the last words, the position of each of which matters.
    fn add_gram(&mut self) {
        // 32 bits tell enough grams apart.
        let gram = (rng::mixed(self.gram) >> 32) as u32;
        if self.limit.is_none_or(|limit| gram <= limit) {
            self.grams.push(gram);
            if self.grams.len() >= UNTIDIED {
                self.tidy();
            }
        }
    }

    /// Keeps the lowest.
    fn tidy(&mut self) {
        self.grams.sort_unstable();
        self.grams.dedup();
        self.grams.truncate(SKETCH);
        if self.grams.len() == SKETCH {
            self.limit = self.grams.last().copied();
        }
    }

    fn finish(mut self) -> Digest {
        if (1..GRAM).contains(&self.n_words) {
            self.add_gram();
        }
        self.tidy();
        let sketch = Sketch { hashes: self.grams, is_cut: self.limit.is_some() };
        Digest { fingerprint: rng::mixed(self.fingerprint), sketch }
    }
}

impl Sketch {
    /// How similar two documents are: exactly where both sketches hold all grams, else estimated from
    /// the lowest of their union, as many as the shorter of the cut ones has.
    #[expect(clippy::cast_precision_loss, reason = "at most twice the length of a sketch")]
    pub fn similarity(&self, other: &Self) -> Similarity {
        let (mut left, mut right) = (self.hashes.as_slice(), other.hashes.as_slice());
        let cut = [self, other].into_iter().filter(|sketch| sketch.is_cut);
        let n_drawn = cut.map(|sketch| sketch.hashes.len()).min();
        let (mut n_union, mut n_shared) = (0_usize, 0_usize);
        while n_drawn.is_none_or(|n_drawn| n_union < n_drawn) {
            match (left.first(), right.first()) {
                (Some(a), Some(b)) => {
                    n_shared += usize::from(a == b);
                    left = &left[usize::from(a <= b)..];
                    right = &right[usize::from(b <= a)..];
                }
                (Some(_), None) => left = &left[1..],
                (None, Some(_)) => right = &right[1..],
                (None, None) => break,
            }
            n_union += 1;
        }
        Similarity { share: n_shared as f64 / n_union.max(1) as f64, n_drawn }
    }

    /// Its lowest hashes, `n` at most.
    pub fn lowest(&self, n: usize) -> &[u32] {
        &self.hashes[..n.min(self.hashes.len())]
    }

    /// The sketch of the same document of `n` hashes at most.
    pub fn shortened(&self, n: usize) -> Self {
        let hashes = self.lowest(n).to_vec();
        Self { is_cut: self.is_cut || hashes.len() < self.hashes.len(), hashes }
    }

    /// It as bytes: whether it is cut, and its hashes, little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let hashes = self.hashes.iter().flat_map(|hash| hash.to_le_bytes());
        std::iter::once(u8::from(self.is_cut)).chain(hashes).collect()
    }

    /// The sketch that [`Sketch::to_bytes`] wrote; none where these bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (is_cut, bytes) = bytes.split_first()?;
        let (hashes, rest) = bytes.as_chunks::<4>();
        let hashes: Vec<u32> = hashes.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        let is_sound = rest.is_empty() && hashes.is_sorted_by(|a, b| a < b);
        is_sound.then_some(Self { hashes, is_cut: *is_cut == 1 })
    }
}

#[cfg(test)]
#[path = "digest_tests.rs"]
mod tests;
