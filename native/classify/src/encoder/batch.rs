//! Token lists as padded batches.

use super::tensors::{Device, Floats, Integers, floats, integers};

/// Lengths are rounded up to a multiple of this, so that kernels of a GPU are tuned for few shapes.
const LENGTH_STEP: usize = 8;

/// What masked scores are: the softmax makes 0 of it.
const MASKED: f32 = -1e9;

/// Sequences padded to the longest.
#[derive(Debug)]
pub(super) struct Batch {
    /// Numbers of the tokens, `[n_rows * length]`.
    pub(super) ids: Integers<1>,
    /// What is added to attention scores, `[n_rows, 1, 1, length]`; none without padding.
    pub(super) mask: Option<Floats<4>>,
    /// Real tokens of each row.
    pub(super) lengths: Vec<usize>,
    pub(super) n_rows: usize,
    pub(super) length: usize,
}

impl Batch {
    /// The sequences, none of them empty or longer than `n_positions`, on a device.
    pub(super) fn new(sequences: &[&[u32]], n_positions: usize, device: &Device) -> Self {
        let lengths: Vec<usize> = sequences.iter().map(|ids| ids.len()).collect();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let length = longest.next_multiple_of(LENGTH_STEP).min(n_positions.max(longest));
        let n_rows = sequences.len();
        let mut ids = vec![0; n_rows * length];
        let mut mask = vec![0.0; n_rows * length];
        for (row, sequence) in sequences.iter().enumerate() {
            let start = row * length;
            for (id, &token) in ids[start..].iter_mut().zip(*sequence) {
                *id = token.cast_signed();
            }
            mask[start + sequence.len()..start + length].fill(MASKED);
        }
        let padded = mask.iter().any(|&value| value != 0.0);
        Self {
            ids: integers(ids, device),
            mask: padded.then(|| floats(mask, [n_rows, 1, 1, length], device)),
            lengths,
            n_rows,
            length,
        }
    }
}

/// Positions of sequences in groups of similar length, each of at most `max_tokens` tokens with its
/// padding; a group holds one sequence at least. Longest first, so that a lack of memory shows at once.
pub(super) fn groups(lengths: &[usize], max_tokens: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(lengths[index]));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut capacity = 0;
    for index in order {
        match groups.last_mut() {
            Some(group) if group.len() < capacity => group.push(index),
            _ => {
                let length = lengths[index].next_multiple_of(LENGTH_STEP);
                capacity = (max_tokens / length.max(1)).max(1);
                groups.push(vec![index]);
            }
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_hold_every_sequence_once_within_the_limit() {
        let lengths: Vec<usize> = (0..97).map(|index| 1 + index * 37 % 61).collect();
        let groups = groups(&lengths, 256);
        let mut seen: Vec<usize> = groups.concat();
        seen.sort_unstable();
        assert_eq!(seen, (0..97).collect::<Vec<_>>());
        for group in &groups {
            let longest = group.iter().map(|&index| lengths[index]).max().unwrap();
            assert!(group.len() * longest.next_multiple_of(LENGTH_STEP) <= 256);
        }
        assert_eq!(super::groups(&[500, 3], 256), [vec![0], vec![1]]);
    }
}
