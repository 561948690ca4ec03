//! Sequences side by side, padded at their ends to one length, as lists of numbers for the device.

use super::Slot;
use crate::lm::engine::{Row, TokenId};

/// What a pass through the model appends to one sequence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sequence<'a> {
    /// Its tokens; none where a slot is only taken along so that all slots are there.
    pub(super) tokens: &'a [TokenId],
    /// How many tokens came before.
    pub(super) first: usize,
    /// Where their keys and values are kept.
    pub(super) slot: usize,
}

/// Sequences of one pass. Tokens are numbered row by row, padding included.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    sequences: Vec<Sequence<'a>>,
    /// Tokens of each row, padding included.
    pub(super) length: usize,
}

impl<'a> Batch<'a> {
    /// These sequences, padded to one of a few lengths.
    pub(super) fn new(sequences: Vec<Sequence<'a>>) -> Self {
        let longest = sequences.iter().map(|sequence| sequence.tokens.len()).max();
        Self { sequences, length: padded(longest.unwrap_or(0)) }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.sequences.len()
    }

    pub(super) fn n_tokens(&self) -> usize {
        self.n_rows() * self.length
    }

    /// Whether nothing came before any of the sequences.
    pub(super) fn is_fresh(&self) -> bool {
        self.sequences.iter().all(|sequence| sequence.first == 0)
    }

    /// The most tokens that one of the sequences has after this pass.
    pub(super) fn end(&self) -> usize {
        let ends = self.sequences.iter().map(|sequence| sequence.first + sequence.tokens.len());
        ends.max().unwrap_or(0)
    }

    /// All tokens; padding is token 0.
    pub(super) fn tokens(&self) -> Vec<i32> {
        self.each_token(|sequence, index| {
            sequence.tokens.get(index).map_or(0, |token| number(*token as usize))
        })
    }

    /// The position of each token; padding repeats the last one.
    pub(super) fn positions(&self) -> Vec<i32> {
        self.each_token(|sequence, index| {
            number(sequence.first + index.min(sequence.tokens.len().saturating_sub(1)))
        })
    }

    fn each_token(&self, of: impl Fn(&Sequence<'a>, usize) -> i32) -> Vec<i32> {
        let indices = 0..self.length;
        let rows = self.sequences.iter();
        rows.flat_map(|row| indices.clone().map(|index| of(row, index))).collect()
    }

    /// The numbers of the tokens that are no padding; none where there is no padding.
    pub(super) fn real(&self) -> Option<Vec<i32>> {
        let padded = self.sequences.iter().any(|sequence| sequence.tokens.len() < self.length);
        padded.then(|| self.numbered(|sequence| 0..sequence.tokens.len()))
    }

    /// The number of the last token of each sequence that has one.
    pub(super) fn last_tokens(&self) -> Vec<i32> {
        self.numbered(|sequence| {
            sequence.tokens.len().saturating_sub(1)..sequence.tokens.len()
        })
    }

    /// The numbers of the tokens after which another one of their sequence comes.
    pub(super) fn predicting_tokens(&self) -> Vec<i32> {
        self.numbered(|sequence| 0..sequence.tokens.len().saturating_sub(1))
    }

    /// Those next tokens.
    pub(super) fn targets(&self) -> Vec<i32> {
        let next = self.sequences.iter().flat_map(|sequence| sequence.tokens.iter().skip(1));
        next.map(|token| number(*token as usize)).collect()
    }

    fn numbered(&self, which: impl Fn(&Sequence<'a>) -> std::ops::Range<usize>) -> Vec<i32> {
        let rows = self.sequences.iter().enumerate();
        rows.flat_map(|(row, sequence)| {
            which(sequence).map(move |index| number(row * self.length + index))
        })
        .collect()
    }

    /// Slot, head and position of the keys of each real token and head, `[n_real * n_heads, 3]`.
    pub(super) fn places(&self, n_heads: usize) -> Vec<i32> {
        let mut places = Vec::with_capacity(3 * self.n_tokens() * n_heads);
        for sequence in &self.sequences {
            for position in sequence.first..sequence.first + sequence.tokens.len() {
                for head in 0..n_heads {
                    places.extend([sequence.slot, head, position].map(number));
                }
            }
        }
        places
    }

    /// The slots of the rows; none where they are all there are, in their order.
    pub(super) fn slots(&self, n_slots: usize) -> Option<Vec<i32>> {
        let in_order = self.n_rows() == n_slots
            && self.sequences.iter().enumerate().all(|(row, sequence)| row == sequence.slot);
        (!in_order).then(|| self.sequences.iter().map(|row| number(row.slot)).collect())
    }
}

/// As the device counts.
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "below 2^31")]
pub(super) fn number(value: usize) -> i32 {
    value as i32
}

/// The length to which so many tokens are padded.
fn padded(length: usize) -> usize {
    match length {
        0..32 => length.max(1).next_power_of_two(),
        _ => length.next_multiple_of(32),
    }
}

/// The indices of sequences of these lengths in groups that are computed together: of similar length, and
/// at most `max_tokens` tokens with padding, unless a single sequence has more.
pub(super) fn groups(lengths: &[usize], max_tokens: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(lengths[index]));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for index in order {
        let joins = groups.last().is_some_and(|group| {
            let longest = padded(lengths[group[0]]);
            let similar = 2 * padded(lengths[index]) >= longest || longest <= 32;
            similar && (group.len() + 1) * longest <= max_tokens
        });
        match groups.last_mut() {
            Some(group) if joins => group.push(index),
            _ => groups.push(vec![index]),
        }
    }
    groups
}

/// The rows of a step in groups that are computed together, and which rows these are.
///
/// Rows of one token over slots that hold something are one group; it takes the other slots along, empty,
/// where they are few: all slots can then be computed with as they lie.
pub(super) fn step_groups<'a>(
    rows: &[Row<'a>],
    slots: &[Slot],
    max_tokens: usize,
) -> Vec<(Vec<usize>, Vec<Sequence<'a>>)> {
    let first = |row: usize| slots[rows[row].slot].n_positions;
    let sequence = |row: usize| Sequence {
        tokens: rows[row].tokens,
        first: first(row),
        slot: rows[row].slot,
    };
    let (going_on, fresh): (Vec<usize>, Vec<usize>) =
        (0..rows.len()).partition(|&row| first(row) > 0);
    let (mut single, longer): (Vec<usize>, Vec<usize>) =
        going_on.into_iter().partition(|&row| rows[row].tokens.len() == 1);
    let mut result = Vec::new();
    for kind in [fresh, longer] {
        let lengths: Vec<usize> = kind.iter().map(|&row| rows[row].tokens.len()).collect();
        for group in groups(&lengths, max_tokens) {
            let group: Vec<usize> = group.into_iter().map(|index| kind[index]).collect();
            let sequences = group.iter().map(|&row| sequence(row)).collect();
            result.push((group, sequences));
        }
    }
    if !single.is_empty() {
        single.sort_by_key(|&row| rows[row].slot);
        let mut sequences: Vec<Sequence<'a>> = single.iter().map(|&row| sequence(row)).collect();
        if 2 * single.len() >= slots.len() {
            let idle = (0..slots.len()).filter(|slot| single.iter().all(|&row| rows[row].slot != *slot));
            sequences.extend(idle.map(|slot| Sequence { tokens: &[], first: 0, slot }));
            sequences.sort_by_key(|sequence| sequence.slot);
        }
        result.push((single, sequences));
    }
    result
}
