//! Attention over cached keys and values.
//!
//! Keys are kept in panels of sixteen positions, values in panels of sixteen dimensions, so that the
//! kernel of the linear maps' kind serves for both products. Sums run over positions in order, whichever
//! tokens came in the same step: with and without a cache, alone and beside others, a token's result is
//! the same to the last bit.

use rayon::prelude::*;

use super::simd::{self, Kernel, LANES, Lanes};

/// Queries treated at a time.
const TILE: usize = 4;

/// Keys and values of one sequence on one layer.
#[derive(Debug, Clone, Default)]
pub(super) struct LayerCache {
    n_positions: usize,
    /// Per head of keys, `[n_panels][head_dim]` lanes of sixteen positions.
    keys: Vec<Vec<Lanes>>,
    /// Per head of values, `[n_positions][dims / 16]` lanes of sixteen dimensions.
    values: Vec<Vec<Lanes>>,
}

impl LayerCache {
    /// Forgets everything, keeping the memory.
    pub(super) fn clear(&mut self) {
        self.n_positions = 0;
        for lanes in self.keys.iter_mut().chain(&mut self.values) {
            lanes.clear();
        }
    }

    /// Appends one position's keys and values, `[n_heads, head_dim]` each.
    pub(super) fn push(&mut self, keys: &[f32], values: &[f32], head_dim: usize) {
        let n_heads = keys.len() / head_dim;
        self.keys.resize_with(n_heads, Vec::new);
        self.values.resize_with(n_heads, Vec::new);
        let (panel, lane) = (self.n_positions / LANES, self.n_positions % LANES);
        for (head, key) in self.keys.iter_mut().zip(keys.chunks_exact(head_dim)) {
            head.resize((panel + 1) * head_dim, [0.0; LANES]);
            for (lanes, value) in head[panel * head_dim..].iter_mut().zip(key) {
                lanes[lane] = *value;
            }
        }
        for (head, value) in self.values.iter_mut().zip(values.chunks_exact(head_dim)) {
            for part in value.chunks(LANES) {
                let mut lanes = [0.0; LANES];
                lanes[..part.len()].copy_from_slice(part);
                head.push(lanes);
            }
        }
        self.n_positions += 1;
    }
}

/// What is attended by whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) n_heads: usize,
    pub(super) n_kv_heads: usize,
    pub(super) head_dim: usize,
    pub(super) window: Option<usize>,
    pub(super) scale: f32,
}

/// The new tokens of one sequence: their first position, and their queries `[n_tokens, n_heads * head_dim]`
/// within rows of `stride` numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Queries<'a> {
    pub(super) cache: &'a LayerCache,
    pub(super) first_position: usize,
    pub(super) n_tokens: usize,
    pub(super) values: &'a [f32],
    pub(super) stride: usize,
}

/// Writes what each query attends to to `y`, `[n_tokens, n_heads * head_dim]`, sequence after sequence. The
/// caches hold the new tokens already.
pub(super) fn attend(sequences: &[Queries<'_>], shape: Shape, y: &mut [f32]) {
    let width = shape.n_heads * shape.head_dim;
    let group = shape.n_heads / shape.n_kv_heads * shape.head_dim;
    let mut parts: Vec<(Queries<'_>, &mut [f32])> = Vec::with_capacity(sequences.len());
    let mut rest = y;
    for queries in sequences {
        let (part, after) = rest.split_at_mut(queries.n_tokens * width);
        parts.push((*queries, part));
        rest = after;
    }
    let n_threads = rayon::current_num_threads();
    let work: usize =
        sequences.iter().map(|queries| queries.n_tokens * queries.cache.n_positions * width).sum();
    if n_threads == 1 || work < 1 << 16 {
        for (queries, y) in parts {
            (0..shape.n_kv_heads).for_each(|head| {
                simd::run(Head {
                    queries,
                    shape,
                    head,
                    y: &mut *y,
                    offset: head * group,
                    stride: width,
                })
            });
        }
    } else if parts.len() >= 2 * n_threads {
        parts.into_par_iter().for_each(|(queries, y)| {
            (0..shape.n_kv_heads).for_each(|head| {
                simd::run(Head {
                    queries,
                    shape,
                    head,
                    y: &mut *y,
                    offset: head * group,
                    stride: width,
                })
            });
        });
    } else {
        for (queries, y) in parts {
            by_heads(queries, shape, y);
        }
    }
}

/// Few sequences: threads share the heads.
fn by_heads(queries: Queries<'_>, shape: Shape, y: &mut [f32]) {
    let width = shape.n_heads * shape.head_dim;
    let group = width / shape.n_kv_heads;
    let heads: Vec<Vec<f32>> = (0..shape.n_kv_heads)
        .into_par_iter()
        .map(|head| {
            let mut y = vec![0.0; queries.n_tokens * group];
            simd::run(Head { queries, shape, head, y: &mut y, offset: 0, stride: group });
            y
        })
        .collect();
    for (token, y) in y.chunks_exact_mut(width).enumerate() {
        for (y, head) in y.chunks_exact_mut(group).zip(&heads) {
            y.copy_from_slice(&head[token * group..(token + 1) * group]);
        }
    }
}

/// All queries of one sequence that look at one head of keys and values.
struct Head<'a, 'y> {
    queries: Queries<'a>,
    shape: Shape,
    head: usize,
    y: &'y mut [f32],
    /// Where in a row of `y` this head's results begin.
    offset: usize,
    stride: usize,
}

impl Kernel for Head<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<const WIDTH: usize>(mut self) {
        let group = self.shape.n_heads / self.shape.n_kv_heads;
        let n_queries = self.queries.n_tokens * group;
        let last = self.queries.first_position + self.queries.n_tokens;
        let mut scores = vec![0.0; TILE * last.next_multiple_of(LANES)];
        for first in (0..n_queries).step_by(TILE) {
            match n_queries - first {
                1 => self.tile::<1, WIDTH>(first, &mut scores),
                2 => self.tile::<2, WIDTH>(first, &mut scores),
                3 => self.tile::<3, WIDTH>(first, &mut scores),
                _ => self.tile::<TILE, WIDTH>(first, &mut scores),
            }
        }
    }
}

impl Head<'_, '_> {
    /// Query `index` is head `index % group` of token `index / group`.
    #[inline(always)]
    fn tile<const HEIGHT: usize, const WIDTH: usize>(&mut self, first: usize, scores: &mut [f32]) {
        let group = self.shape.n_heads / self.shape.n_kv_heads;
        let position = |index: usize| self.queries.first_position + index / group;
        let seen = |index: usize| {
            let position = position(index);
            let start = self.shape.window.map_or(0, |window| (position + 1).saturating_sub(window));
            start..position + 1
        };
        // Whole panels, so that what is summed does not depend on the tile's other queries.
        let start = seen(first).start / LANES * LANES;
        let end = seen(first + HEIGHT - 1).end.next_multiple_of(LANES);
        let length = end - start;
        let scores = &mut scores[..HEIGHT * length];
        self.scores::<HEIGHT, WIDTH>(first, start / LANES..end / LANES, scores);
        let mut sums = [0.0; HEIGHT];
        for (row, sum) in sums.iter_mut().enumerate() {
            let seen = seen(first + row);
            let scores = &mut scores[row * length..(row + 1) * length];
            scores[..seen.start - start].fill(f32::NEG_INFINITY);
            scores[seen.end - start..].fill(f32::NEG_INFINITY);
            *sum = exponentials::<WIDTH>(scores);
        }
        self.values::<HEIGHT, WIDTH>(first, start, scores, sums);
    }

    /// Scaled products of the tile's queries with the keys of these panels, `[HEIGHT, n_positions]`.
    #[inline(always)]
    fn scores<const HEIGHT: usize, const WIDTH: usize>(
        &self,
        first: usize,
        panels: std::ops::Range<usize>,
        scores: &mut [f32],
    ) {
        let (head_dim, length) = (self.shape.head_dim, panels.len() * LANES);
        let queries: [&[f32]; HEIGHT] = std::array::from_fn(|row| self.query(first + row));
        let keys = &self.queries.cache.keys[self.head][panels.start * head_dim..];
        for (panel, keys) in keys.chunks_exact(head_dim).take(panels.len()).enumerate() {
            let mut sums = [[0.0; LANES]; HEIGHT];
            for (dim, keys) in keys.iter().enumerate() {
                for row in 0..HEIGHT {
                    let query = queries[row][dim];
                    for lane in 0..LANES {
                        sums[row][lane] =
                            simd::multiply_add::<WIDTH>(query, keys[lane], sums[row][lane]);
                    }
                }
            }
            for (row, sums) in sums.iter().enumerate() {
                let place = &mut scores[row * length + panel * LANES..][..LANES];
                for (place, sum) in place.iter_mut().zip(sums) {
                    *place = sum * self.shape.scale;
                }
            }
        }
    }

    #[inline(always)]
    fn query(&self, index: usize) -> &[f32] {
        let group = self.shape.n_heads / self.shape.n_kv_heads;
        let head = self.head * group + index % group;
        let start = index / group * self.queries.stride + head * self.shape.head_dim;
        &self.queries.values[start..start + self.shape.head_dim]
    }

    /// Means of the values under the scores, which sum to `sums`.
    #[inline(always)]
    fn values<const HEIGHT: usize, const WIDTH: usize>(
        &mut self,
        first: usize,
        start: usize,
        scores: &[f32],
        sums: [f32; HEIGHT],
    ) {
        let (head_dim, length) = (self.shape.head_dim, scores.len() / HEIGHT);
        let group = self.shape.n_heads / self.shape.n_kv_heads;
        let n_panels = head_dim.div_ceil(LANES);
        let rows: [&[f32]; HEIGHT] =
            std::array::from_fn(|row| &scores[row * length..(row + 1) * length]);
        let values = &self.queries.cache.values[self.head][start * n_panels..];
        for panel in 0..n_panels {
            let mut means = [[0.0; LANES]; HEIGHT];
            for (position, values) in
                values[panel..].iter().step_by(n_panels).take(length).enumerate()
            {
                for row in 0..HEIGHT {
                    let score = rows[row][position];
                    for lane in 0..LANES {
                        means[row][lane] =
                            simd::multiply_add::<WIDTH>(score, values[lane], means[row][lane]);
                    }
                }
            }
            let dims = panel * LANES..head_dim.min((panel + 1) * LANES);
            for (row, means) in means.iter().enumerate() {
                let index = first + row;
                let place = index / group * self.stride + self.offset + index % group * head_dim;
                let y = &mut self.y[place + dims.start..place + dims.end];
                for (y, mean) in y.iter_mut().zip(means) {
                    *y = mean / sums[row];
                }
            }
        }
    }
}

/// Turns scores into exponentials of their distances from the largest, and returns their sum.
#[inline(always)]
fn exponentials<const WIDTH: usize>(scores: &mut [f32]) -> f32 {
    let largest = simd::maximum(scores);
    for score in scores.iter_mut() {
        *score = simd::exp::<WIDTH>(*score - largest);
    }
    simd::sum_of(scores, |score| score)
}
