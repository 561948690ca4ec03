//! The terms that are features, with what is known of them.

use std::cmp::Reverse;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::corpus::{Corpus, TermCounts};
use super::counts::Counts;
use super::ngrams::NgramKind;

/// The terms of one kind that are features, in the order of their columns: by falling total count
/// in the training documents, equal counts by rising hash.
#[derive(Debug, Clone)]
pub(super) struct Vocabulary {
    kind: NgramKind,
    /// All terms' texts, one after the other.
    text: String,
    /// Where each term's text ends.
    ends: Vec<usize>,
    /// In how many training documents each term occurs.
    document_frequencies: Vec<u32>,
    n_training_docs: u32,
    columns: FxHashMap<u64, u32>,
}

impl Vocabulary {
    /// The vocabulary of these terms; `None` if they are not distinct terms of this kind.
    pub(super) fn new(
        kind: NgramKind,
        terms: impl IntoIterator<Item = impl AsRef<str>>,
        document_frequencies: Vec<u32>,
        n_training_docs: u32,
    ) -> Option<Self> {
        let mut text = String::new();
        let mut ends = Vec::with_capacity(document_frequencies.len());
        let mut columns = FxHashMap::default();
        columns.reserve(document_frequencies.len());
        for (column, term) in (0_u32..).zip(terms) {
            if columns.insert(kind.hash(term.as_ref())?, column).is_some() {
                return None;
            }
            text.push_str(term.as_ref());
            ends.push(text.len());
        }
        (ends.len() == document_frequencies.len()).then_some(Self {
            kind,
            text,
            ends,
            document_frequencies,
            n_training_docs,
            columns,
        })
    }

    pub(super) fn kind(&self) -> NgramKind {
        self.kind
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a column's term.
    pub(super) fn term(&self, column: usize) -> &str {
        let start = if column == 0 { 0 } else { self.ends[column - 1] };
        &self.text[start..self.ends[column]]
    }

    /// The column of the term with this hash.
    #[inline]
    pub(super) fn column(&self, hash: u64) -> Option<u32> {
        self.columns.get(&hash).copied()
    }

    pub(super) fn document_frequencies(&self) -> &[u32] {
        &self.document_frequencies
    }

    pub(super) fn n_training_docs(&self) -> u32 {
        self.n_training_docs
    }
}

/// Terms of a corpus that were chosen as features.
#[derive(Debug)]
pub(super) struct Choice {
    /// The hash of each column's term.
    pub(super) hashes: Vec<u64>,
    /// The column of each of the corpus's terms, or [`Choice::NONE`].
    column_of_id: Vec<u32>,
}

impl Choice {
    /// Marks a term that is no feature.
    const NONE: u32 = u32::MAX;

    /// The `max_features` terms with the largest total counts over these rows.
    pub(super) fn most_frequent(counts: &TermCounts, rows: &[usize], max_features: usize) -> Self {
        let totals = total_counts(counts, rows);
        let threshold = nth_largest(&totals, max_features).max(1);
        let mut chosen: Vec<(Reverse<u32>, u64, u32)> = (0_u32..)
            .zip(&totals)
            .filter(|&(_, &total)| total >= threshold)
            .map(|(id, &total)| (Reverse(total), counts.hashes[id as usize], id))
            .collect();
        chosen.par_sort_unstable();
        chosen.truncate(max_features);
        let mut column_of_id = vec![Self::NONE; totals.len()];
        for (column, &(_, _, id)) in (0_u32..).zip(&chosen) {
            column_of_id[id as usize] = column;
        }
        Self { hashes: chosen.iter().map(|&(_, hash, _)| hash).collect(), column_of_id }
    }

    /// The columns of a vocabulary that was chosen from other documents, perhaps.
    pub(super) fn of_vocabulary(counts: &TermCounts, vocabulary: &Vocabulary) -> Self {
        let column = |hash: &u64| vocabulary.column(*hash).unwrap_or(Self::NONE);
        Self { hashes: Vec::new(), column_of_id: counts.hashes.par_iter().map(column).collect() }
    }

    /// Appends columns and counts of the features of one row, in any order.
    pub(super) fn features(&self, counts: &TermCounts, row: usize, into: &mut Vec<(u32, u32)>) {
        let with_columns =
            counts.rows[row].iter().map(|(id, count)| (self.column_of_id[id as usize], count));
        into.extend(with_columns.filter(|&(column, _)| column != Self::NONE));
    }

    /// The texts of the chosen terms, each read from the first document that holds it.
    ///
    /// `by_column` says which documents these are, as positions in `rows`.
    pub(super) fn texts(
        &self,
        kind: NgramKind,
        corpus: &Corpus<'_>,
        rows: &[usize],
        by_column: &Counts,
    ) -> Vec<String> {
        let mut wanted: Vec<(u32, u64, usize)> = (0..self.hashes.len())
            .filter_map(|column| {
                let (position, _) = by_column.totals(column).next()?;
                Some((position, self.hashes[column], column))
            })
            .collect();
        wanted.par_sort_unstable();
        let mut texts = vec![String::new(); self.hashes.len()];
        let groups: Vec<&[(u32, u64, usize)]> =
            wanted.chunk_by(|left, right| left.0 == right.0).collect();
        let found: Vec<Vec<(usize, String)>> = groups
            .par_iter()
            .map(|group| find_texts(kind, corpus.document(rows[group[0].0 as usize]), group))
            .collect();
        for (column, text) in found.into_iter().flatten() {
            texts[column] = text;
        }
        texts
    }
}

/// The texts of those n-grams of a document whose hashes are wanted, with their columns.
fn find_texts(
    kind: NgramKind,
    document: &str,
    wanted: &[(u32, u64, usize)],
) -> Vec<(usize, String)> {
    let mut columns: FxHashMap<u64, usize> =
        wanted.iter().map(|&(_, hash, column)| (hash, column)).collect();
    let mut texts = Vec::with_capacity(columns.len());
    kind.for_each(document, |hash, ngram| {
        if let Some(column) = columns.remove(&hash) {
            texts.push((column, ngram.to_string()));
        }
    });
    texts
}

fn total_counts(counts: &TermCounts, rows: &[usize]) -> Vec<u32> {
    let mut totals = vec![0_u32; counts.hashes.len()];
    for &row in rows {
        for (id, count) in counts.rows[row].iter() {
            let total = &mut totals[id as usize];
            *total = total.saturating_add(count);
        }
    }
    totals
}

/// The `n`-th largest value, or 0 where there are fewer.
fn nth_largest(values: &[u32], n: usize) -> u32 {
    if n == 0 || n > values.len() {
        return 0;
    }
    let mut values = values.to_vec();
    *values.select_nth_unstable_by_key(n - 1, |&value| Reverse(value)).1
}
