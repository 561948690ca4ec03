//! A sparse matrix of counts in four bytes for each entry.

use std::ops::Range;

use rayon::prelude::*;

/// How many pieces parallel work over a matrix is cut into; results do not depend on it.
const N_PIECES: usize = 128;

/// The same for transposing, where each piece looks at every line.
const N_TRANSPOSED_PIECES: usize = 16;

/// Lines that are packed as one unit of parallel work.
const LINES_PER_CHUNK: usize = 128;

/// A sparse matrix of counts, line by line.
///
/// An entry is one number: the position within the line in its upper bits, the count in the rest.
/// A count too large for these bits stands as several entries of the same position, which add up.
/// Entries of a line are in rising order of position.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Counts {
    /// Where each line begins, and the end of the last.
    starts: Vec<usize>,
    entries: Vec<u32>,
    packing: Packing,
}

/// How position and count share 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packing {
    count_bits: u32,
}

impl Packing {
    /// The packing with the most room for counts among those with room for `n_positions`.
    pub(super) fn for_positions(n_positions: usize) -> Self {
        let position_bits = usize::BITS - n_positions.saturating_sub(1).leading_zeros();
        assert!(position_bits < u32::BITS, "memory ends before 2^31 rows or columns");
        Self { count_bits: u32::BITS - position_bits.max(1) }
    }

    #[inline]
    fn largest_count(self) -> u32 {
        (1 << self.count_bits) - 1
    }

    #[inline]
    fn pack(self, position: u32, count: u32) -> u32 {
        position << self.count_bits | count
    }

    /// Position and count of an entry.
    #[inline]
    pub(super) fn unpack(self, entry: u32) -> (u32, u32) {
        (entry >> self.count_bits, entry & self.largest_count())
    }

    /// The counts, none larger than fits, whose sum is `count`.
    fn parts(self, mut count: u32) -> impl Iterator<Item = u32> {
        std::iter::from_fn(move || {
            let part = count.min(self.largest_count());
            count -= part;
            (part > 0).then_some(part)
        })
    }
}

impl Counts {
    /// The matrix whose lines `occurrences` appends as positions and counts to an empty list; in
    /// parallel.
    pub(super) fn from_lines(
        n_lines: usize,
        n_positions: usize,
        occurrences: impl Fn(usize, &mut Vec<(u32, u32)>) + Sync,
    ) -> Self {
        let packing = Packing::for_positions(n_positions);
        let chunks: Vec<(Vec<usize>, Vec<u32>)> = (0..n_lines.div_ceil(LINES_PER_CHUNK))
            .into_par_iter()
            .map(|chunk| {
                let first = chunk * LINES_PER_CHUNK;
                let (mut ends, mut entries, mut line) = (Vec::new(), Vec::new(), Vec::new());
                for index in first..(first + LINES_PER_CHUNK).min(n_lines) {
                    line.clear();
                    occurrences(index, &mut line);
                    let begin = entries.len();
                    for &(position, count) in &line {
                        entries
                            .extend(packing.parts(count).map(|part| packing.pack(position, part)));
                    }
                    entries[begin..].sort_unstable();
                    ends.push(entries.len());
                }
                entries.shrink_to_fit();
                (ends, entries)
            })
            .collect();
        let mut starts = Vec::with_capacity(n_lines + 1);
        starts.push(0);
        let mut entries = Vec::with_capacity(chunks.iter().map(|(_, chunk)| chunk.len()).sum());
        for (ends, chunk) in chunks {
            starts.extend(ends.iter().map(|end| entries.len() + end));
            entries.extend_from_slice(&chunk);
        }
        Self { starts, entries, packing }
    }

    /// How many lines there are.
    pub(super) fn n_lines(&self) -> usize {
        self.starts.len() - 1
    }

    /// The entries of one line.
    #[inline]
    pub(super) fn line(&self, index: usize) -> &[u32] {
        &self.entries[self.starts[index]..self.starts[index + 1]]
    }

    /// How the entries are packed.
    pub(super) fn packing(&self) -> Packing {
        self.packing
    }

    /// Positions and counts of one line, each position once, in rising order.
    pub(super) fn totals(&self, index: usize) -> impl Iterator<Item = (u32, u64)> + '_ {
        let position = |entry: u32| self.packing.unpack(entry).0;
        let count = |&entry: &u32| u64::from(self.packing.unpack(entry).1);
        self.line(index)
            .chunk_by(move |&left, &right| position(left) == position(right))
            .map(move |same| (position(same[0]), same.iter().map(count).sum()))
    }

    /// The same counts with lines and positions exchanged; there are `n_positions` of the latter.
    pub(super) fn transposed(&self, n_positions: usize) -> Self {
        let packing = Packing::for_positions(self.n_lines());
        let mut starts = vec![0; n_positions + 1];
        for &entry in &self.entries {
            let (position, count) = self.packing.unpack(entry);
            starts[position as usize + 1] += packing.parts(count).count();
        }
        for position in 0..n_positions {
            starts[position + 1] += starts[position];
        }
        let mut entries = vec![0; starts[n_positions]];
        let pieces = pieces(&starts, N_TRANSPOSED_PIECES);
        let lengths = pieces.iter().map(|piece| starts[piece.end] - starts[piece.start]);
        split_at_all(&mut entries, lengths)
            .into_par_iter()
            .zip(&pieces)
            .for_each(|(slice, piece)| self.transpose_piece(piece, &starts, packing, slice));
        Self { starts, entries, packing }
    }

    /// Fills the transposed entries of the positions in `piece`, whose place in the whole is told
    /// by `starts`.
    fn transpose_piece(
        &self,
        piece: &Range<usize>,
        starts: &[usize],
        packing: Packing,
        slice: &mut [u32],
    ) {
        let mut cursors: Vec<usize> =
            starts[piece.clone()].iter().map(|start| start - starts[piece.start]).collect();
        for line_idx in 0..self.n_lines() {
            let line = self.line(line_idx);
            let begin = line
                .partition_point(|&entry| (self.packing.unpack(entry).0 as usize) < piece.start);
            let positions = line[begin..].iter().map(|&entry| self.packing.unpack(entry));
            #[expect(clippy::cast_possible_truncation, reason = "the packing has room")]
            let line_position = line_idx as u32;
            for (position, count) in
                positions.take_while(|&(position, _)| (position as usize) < piece.end)
            {
                let cursor = &mut cursors[position as usize - piece.start];
                for part in packing.parts(count) {
                    slice[*cursor] = packing.pack(line_position, part);
                    *cursor += 1;
                }
            }
        }
    }

    /// Ranges of lines with about the same number of entries, at least one line each.
    pub(super) fn pieces(&self) -> Vec<Range<usize>> {
        pieces(&self.starts, N_PIECES)
    }
}

/// About `n_pieces` ranges of lines with about the same number of entries, given where lines start.
fn pieces(starts: &[usize], n_pieces: usize) -> Vec<Range<usize>> {
    let n_lines = starts.len() - 1;
    // Each line weighs one entry more, so that many empty lines are a piece, too.
    let weight = |line: usize| starts[line] + line;
    let target = weight(n_lines).div_ceil(n_pieces).max(1);
    let mut pieces = Vec::with_capacity(n_pieces + 1);
    let mut start = 0;
    while start < n_lines {
        let limit = weight(start) + target;
        let mut end = start + 1;
        while end < n_lines && weight(end) < limit {
            end += 1;
        }
        pieces.push(start..end);
        start = end;
    }
    pieces
}

/// The slice cut into neighbouring pieces of these lengths.
pub(super) fn split_at_all<T>(
    mut slice: &mut [T],
    lengths: impl IntoIterator<Item = usize>,
) -> Vec<&mut [T]> {
    lengths
        .into_iter()
        .map(|length| {
            let (piece, rest) = std::mem::take(&mut slice).split_at_mut(length);
            slice = rest;
            piece
        })
        .collect()
}
