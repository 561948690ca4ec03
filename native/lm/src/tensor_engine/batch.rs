//! Sequences side by side, padded at their ends to one length, as lists of numbers for the device.

use super::slot::Slot;
use crate::engine::{Row, TokenId};

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
        self.numbered(|sequence| sequence.tokens.len().saturating_sub(1)..sequence.tokens.len())
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
    let sequence =
        |row: usize| Sequence { tokens: rows[row].tokens, first: first(row), slot: rows[row].slot };
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
            let idle =
                (0..slots.len()).filter(|slot| single.iter().all(|&row| rows[row].slot != *slot));
            sequences.extend(idle.map(|slot| Sequence { tokens: &[], first: 0, slot }));
            sequences.sort_by_key(|sequence| sequence.slot);
        }
        result.push((single, sequences));
    }
    result
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SLOTS: [Slot; 4] = [
        Slot { n_positions: 0 },
        Slot { n_positions: 7 },
        Slot { n_positions: 2 },
        Slot { n_positions: 3 },
    ];

    fn batch<'a>(sequences: &[(usize, usize, &'a [TokenId])]) -> Batch<'a> {
        let sequence = |&(slot, first, tokens): &(usize, usize, &'a [TokenId])| Sequence {
            tokens,
            first,
            slot,
        };
        Batch::new(sequences.iter().map(sequence).collect())
    }

    #[test]
    fn rows_are_padded_at_their_ends() {
        let batch = batch(&[(1, 5, &[7, 8, 9]), (0, 2, &[4])]);
        assert_eq!((batch.n_rows(), batch.length, batch.end()), (2, 4, 8));
        assert_eq!(batch.tokens(), [7, 8, 9, 0, 4, 0, 0, 0]);
        assert_eq!(batch.positions(), [5, 6, 7, 7, 2, 2, 2, 2]);
        assert_eq!(batch.real(), Some(vec![0, 1, 2, 4]));
        assert_eq!(batch.last_tokens(), [2, 4]);
        assert_eq!(batch.predicting_tokens(), [0, 1]);
        assert_eq!(batch.targets(), [8, 9]);
        assert_eq!(batch.places(1), [1, 0, 5, 1, 0, 6, 1, 0, 7, 0, 0, 2]);
        assert_eq!(batch.slots(2), Some(vec![1, 0]));
    }

    #[test]
    fn nothing_is_picked_where_all_is_used() {
        let batch = batch(&[(0, 3, &[1]), (1, 4, &[2])]);
        assert_eq!((batch.real(), batch.slots(2)), (None, None));
        assert_eq!(batch.slots(3), Some(vec![0, 1]));
    }

    #[test]
    fn a_step_is_parted_by_what_slots_hold() {
        let long = [1; 5];
        let row = |slot, tokens| Row { slot, tokens };
        let rows = [row(3, &[1][..]), row(0, &long), row(1, &[2]), row(2, &long[..2])];
        let groups = step_groups(&rows, &SLOTS, 1 << 10);
        let parts: Vec<&[usize]> = groups.iter().map(|(rows, _)| rows.as_slice()).collect();
        assert_eq!(parts, [&[1][..], &[3], &[2, 0]]);
        // Two of four slots go on by one token: the others are taken along.
        let slots: Vec<(usize, usize)> =
            groups[2].1.iter().map(|sequence| (sequence.slot, sequence.tokens.len())).collect();
        assert_eq!(slots, [(0, 0), (1, 1), (2, 0), (3, 1)]);
    }

    #[test]
    fn one_slot_of_many_is_computed_alone() {
        let rows = [Row { slot: 1, tokens: &[2] }];
        let groups = step_groups(&rows, &SLOTS, 1 << 10);
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].1.len(), 1);
    }

    proptest! {
        #[test]
        fn groups_hold_each_sequence_once_and_no_more_tokens_than_allowed(
            lengths in prop::collection::vec(0_usize..300, 0..40),
            max_tokens in 1_usize..2000,
        ) {
            let groups = groups(&lengths, max_tokens);
            let mut all: Vec<usize> = groups.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..lengths.len()).collect::<Vec<_>>());
            for group in groups {
                let longest = group.iter().map(|&index| padded(lengths[index])).max().unwrap();
                prop_assert!(group.len() == 1 || group.len() * longest <= max_tokens);
            }
        }
    }
}
