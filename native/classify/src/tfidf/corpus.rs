//! Documents whose n-grams were counted once, to fit on any of their rows as often as wanted.

use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::ngrams::NgramKind;
use crate::Progress;

/// Bits of a hash that choose its shard of the dictionary.
const SHARD_BITS: u32 = 6;
const N_SHARDS: usize = 1 << SHARD_BITS;

/// A batch of documents ends with the one that brings it to this many bytes.
const BATCH_BYTES: usize = 4 << 20;

/// Documents with the counts of their n-grams.
///
/// Memory, besides the documents themselves: 5 bytes for each distinct n-gram of each document and
/// 8 for each distinct n-gram of all; while it is made, up to 50 more for each of the latter, and
/// 30 for each byte of the longest document or of 4 MiB of documents, whichever is more. For
/// 30,000 documents of 2,000 characters that is about 1 GiB.
#[derive(Debug)]
pub struct Corpus<'a> {
    documents: Vec<&'a str>,
    counts: [TermCounts; 2],
}

impl<'a> Corpus<'a> {
    /// The documents with the counts of all their n-grams; rows are in the order of `documents`.
    ///
    /// Time: linear in the characters; parallel. The result does not depend on the number of
    /// threads.
    pub fn analyze(documents: &[&'a str], progress: &Progress<'_>) -> Self {
        let counts = NgramKind::ALL.map(|kind| TermCounts::analyze(kind, documents, progress));
        Self { documents: documents.to_vec(), counts }
    }

    /// How many documents, that is rows, there are.
    pub fn n_docs(&self) -> usize {
        self.documents.len()
    }

    /// The document in this row.
    pub(super) fn document(&self, row: usize) -> &'a str {
        self.documents[row]
    }

    pub(super) fn counts(&self, kind: NgramKind) -> &TermCounts {
        &self.counts[kind as usize]
    }
}

/// The n-grams of one kind in all documents.
#[derive(Debug, Default)]
pub(super) struct TermCounts {
    /// The hash of each term, by its identity; identities without a term hold 0 and are in no row.
    pub(super) hashes: Vec<u64>,
    /// The terms of each document.
    pub(super) rows: Vec<TermRow>,
}

/// The terms of one document. A term that occurs more than 255 times stands several times.
#[derive(Debug)]
pub(super) struct TermRow {
    /// Identities.
    pub(super) ids: Box<[u32]>,
    /// How often each occurs.
    pub(super) counts: Box<[u8]>,
}

impl TermRow {
    /// Identities and counts of the terms.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.ids.iter().copied().zip(self.counts.iter().map(|&count| u32::from(count)))
    }
}

impl TermCounts {
    fn analyze(kind: NgramKind, documents: &[&str], progress: &Progress<'_>) -> Self {
        let stage = match kind {
            NgramKind::Word => "count words",
            NgramKind::Char => "count character n-grams",
        };
        let mut shards: Vec<Shard> = (0..N_SHARDS).map(|_| Shard::default()).collect();
        let mut rows = Vec::with_capacity(documents.len());
        for batch in batches(documents) {
            progress(stage, batch.start, documents.len());
            let hashed: Vec<HashedDocument> = documents[batch]
                .par_iter()
                .map(|document| HashedDocument::new(kind, document))
                .collect();
            let ids: Vec<Vec<u32>> = shards
                .par_iter_mut()
                .enumerate()
                .map(|(shard_idx, shard)| shard.identify(shard_idx, &hashed))
                .collect();
            collect_rows(hashed, &ids, &mut rows);
        }
        progress(stage, documents.len(), documents.len());
        Self { hashes: interleave(shards), rows }
    }
}

/// Ranges of documents of about [`BATCH_BYTES`] each.
fn batches<'a>(documents: &'a [&str]) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut start = 0;
    std::iter::from_fn(move || {
        let mut end = start;
        let mut n_bytes = 0;
        while end < documents.len() && n_bytes < BATCH_BYTES {
            n_bytes += documents[end].len();
            end += 1;
        }
        let batch = start..end;
        start = end;
        (!batch.is_empty()).then_some(batch)
    })
}

/// The distinct hashes of one document in ascending order, with their counts.
struct HashedDocument {
    hashes: Vec<u64>,
    counts: Vec<u8>,
    /// Where each shard's hashes begin, and the end of the last.
    shard_starts: [usize; N_SHARDS + 1],
}

impl HashedDocument {
    fn new(kind: NgramKind, document: &str) -> Self {
        let mut hashes = Vec::with_capacity(document.len());
        kind.for_each(document, |hash, _| hashes.push(hash));
        hashes.sort_unstable();
        let mut counts: Vec<u8> = Vec::with_capacity(hashes.len());
        let mut n_kept = 0;
        for idx in 0..hashes.len() {
            match counts.last_mut() {
                Some(count) if hashes[n_kept - 1] == hashes[idx] && *count < u8::MAX => *count += 1,
                _ => {
                    hashes[n_kept] = hashes[idx];
                    counts.push(1);
                    n_kept += 1;
                }
            }
        }
        hashes.truncate(n_kept);
        let shard_starts = std::array::from_fn(|shard| {
            hashes.partition_point(|&hash| ((hash >> (u64::BITS - SHARD_BITS)) as usize) < shard)
        });
        Self { hashes, counts, shard_starts }
    }
}

/// The part of the dictionary that holds the hashes with certain leading bits.
#[derive(Debug, Default)]
struct Shard {
    /// Position in `hashes`, by hash.
    positions: FxHashMap<u64, u32>,
    /// In the order in which they were first seen.
    hashes: Vec<u64>,
}

impl Shard {
    /// The identities of these documents' hashes in this shard, document after document.
    fn identify(&mut self, shard_idx: usize, documents: &[HashedDocument]) -> Vec<u32> {
        let shard_number = u32::try_from(shard_idx).expect("there are few shards");
        let mut ids = Vec::new();
        for document in documents {
            let range = document.shard_starts[shard_idx]..document.shard_starts[shard_idx + 1];
            for &hash in &document.hashes[range] {
                let position = *self.positions.entry(hash).or_insert_with(|| {
                    self.hashes.push(hash);
                    u32::try_from(self.hashes.len() - 1)
                        .expect("memory ends before 2^26 terms a shard")
                });
                ids.push(position << SHARD_BITS | shard_number);
            }
        }
        ids
    }
}

/// Puts the shards' identities together again, document by document.
fn collect_rows(hashed: Vec<HashedDocument>, ids: &[Vec<u32>], rows: &mut Vec<TermRow>) {
    let mut cursors = [0; N_SHARDS];
    for document in hashed {
        let mut row = Vec::with_capacity(document.hashes.len());
        for (shard_idx, cursor) in cursors.iter_mut().enumerate() {
            let length = document.shard_starts[shard_idx + 1] - document.shard_starts[shard_idx];
            row.extend_from_slice(&ids[shard_idx][*cursor..*cursor + length]);
            *cursor += length;
        }
        rows.push(TermRow { ids: row.into(), counts: document.counts.into() });
    }
}

/// The hashes by identity: position within the shard times the number of shards, plus the shard.
fn interleave(shards: Vec<Shard>) -> Vec<u64> {
    let longest = shards.iter().map(|shard| shard.hashes.len()).max().unwrap_or(0);
    let shards: Vec<Vec<u64>> = shards.into_iter().map(|shard| shard.hashes).collect();
    let at = |position: usize, shard: usize| shards[shard].get(position).copied().unwrap_or(0);
    (0..longest)
        .flat_map(|position| (0..N_SHARDS).map(move |shard| (position, shard)))
        .map(|(position, shard)| at(position, shard))
        .collect()
}
