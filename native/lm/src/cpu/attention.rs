//! Attention over cached keys and values.
//!
//! Keys are kept in panels of sixteen positions, values in panels of sixteen dimensions, so that the
//! kernel of the linear maps' kind serves for both products. Sums run over positions in order, whichever
//! tokens came in the same step: with and without a cache, alone and beside others, a token's result is
//! the same to the last bit.

use pulp::Simd;
use rayon::prelude::*;

use super::matmul::{accumulate, interleave};
use super::simd::{self, Kernel, LANES, Lanes};

/// Keys and values are not scaled.
const ONES: Lanes = [1.0; LANES];
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
                });
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
                });
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
    fn run<S: Simd, const WIDTH: usize>(mut self, simd: S) {
        let group = self.shape.n_heads / self.shape.n_kv_heads;
        let n_queries = self.queries.n_tokens * group;
        let last = self.queries.first_position + self.queries.n_tokens;
        let mut scratch = Scratch {
            queries: vec![0.0; TILE * self.shape.head_dim],
            scores: vec![0.0; TILE * last.next_multiple_of(LANES)],
            turned: vec![0.0; TILE * last.next_multiple_of(LANES)],
        };
        for first in (0..n_queries).step_by(TILE) {
            match n_queries - first {
                1 => self.tile::<S, 1, WIDTH>(simd, first, &mut scratch),
                2 => self.tile::<S, 2, WIDTH>(simd, first, &mut scratch),
                3 => self.tile::<S, 3, WIDTH>(simd, first, &mut scratch),
                _ => self.tile::<S, TILE, WIDTH>(simd, first, &mut scratch),
            }
        }
    }
}

/// Room for a tile's intermediate results.
struct Scratch {
    /// `[head_dim][HEIGHT]`.
    queries: Vec<f32>,
    /// `[HEIGHT][n_positions]`.
    scores: Vec<f32>,
    /// `[n_positions][HEIGHT]`.
    turned: Vec<f32>,
}

impl Head<'_, '_> {
    /// Query `index` is head `index % group` of token `index / group`.
    #[inline(always)]
    fn tile<S: Simd, const HEIGHT: usize, const WIDTH: usize>(
        &mut self,
        simd: S,
        first: usize,
        scratch: &mut Scratch,
    ) {
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
        let queries = &mut scratch.queries[..HEIGHT * self.shape.head_dim];
        interleave::<HEIGHT>(queries, |row| self.query(first + row));
        let scores = &mut scratch.scores[..HEIGHT * length];
        self.scores::<S, HEIGHT, WIDTH>(simd, queries, start / LANES..end / LANES, scores);
        let mut sums = [0.0; HEIGHT];
        for (row, sum) in sums.iter_mut().enumerate() {
            let seen = seen(first + row);
            let scores = &mut scores[row * length..(row + 1) * length];
            scores[..seen.start - start].fill(f32::NEG_INFINITY);
            scores[seen.end - start..].fill(f32::NEG_INFINITY);
            *sum = exponentials::<WIDTH>(scores);
        }
        let turned = &mut scratch.turned[..HEIGHT * length];
        interleave::<HEIGHT>(turned, |row| &scores[row * length..(row + 1) * length]);
        self.values::<S, HEIGHT, WIDTH>(simd, first, start, turned, sums);
    }

    /// Scaled products of the tile's queries with the keys of these panels, `[HEIGHT, n_positions]`.
    #[inline(always)]
    fn scores<S: Simd, const HEIGHT: usize, const WIDTH: usize>(
        &self,
        simd: S,
        queries: &[f32],
        panels: std::ops::Range<usize>,
        scores: &mut [f32],
    ) {
        let (head_dim, length) = (self.shape.head_dim, panels.len() * LANES);
        let keys = &self.queries.cache.keys[self.head];
        let mut panel = 0;
        while panel < panels.len() {
            let keys = &keys[(panels.start + panel) * head_dim..];
            // One query alone would wait for each sum before it can add to it: four panels take turns.
            if HEIGHT == 1 && panel + 4 <= panels.len() {
                let parts: [&[Lanes]; 4] =
                    std::array::from_fn(|part| &keys[part * head_dim..][..head_dim]);
                let mut sums = [[0.0; LANES]; 4];
                for (dim, query) in queries[..head_dim].iter().enumerate() {
                    for (sums, part) in sums.iter_mut().zip(parts) {
                        simd::add_scaled::<WIDTH>(sums, *query, &part[dim]);
                    }
                }
                for (part, sums) in sums.iter().enumerate() {
                    self.scale(sums, &mut scores[(panel + part) * LANES..]);
                }
                panel += 4;
                continue;
            }
            let zeros = [[0.0; LANES]; HEIGHT];
            let sums = accumulate::<S, HEIGHT, WIDTH, f32>(
                simd,
                queries,
                keys[..head_dim].iter(),
                &ONES,
                zeros,
            );
            for (row, sums) in sums.iter().enumerate() {
                self.scale(sums, &mut scores[row * length + panel * LANES..]);
            }
            panel += 1;
        }
    }

    #[inline(always)]
    fn scale(&self, sums: &Lanes, scores: &mut [f32]) {
        for (score, sum) in scores[..LANES].iter_mut().zip(sums) {
            *score = sum * self.shape.scale;
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
    fn values<S: Simd, const HEIGHT: usize, const WIDTH: usize>(
        &mut self,
        simd: S,
        first: usize,
        start: usize,
        scores: &[f32],
        sums: [f32; HEIGHT],
    ) {
        let n_panels = self.shape.head_dim.div_ceil(LANES);
        let values = &self.queries.cache.values[self.head][start * n_panels..];
        let mut panel = 0;
        while panel < n_panels {
            if HEIGHT == 1 && panel + 2 <= n_panels {
                let positions = values[panel..].iter().step_by(n_panels);
                let beside = values[panel + 1..].iter().step_by(n_panels);
                let means = accumulate_pair::<WIDTH>(scores, positions.zip(beside));
                for (part, means) in means.iter().enumerate() {
                    self.write(first, panel + part, means, sums[0]);
                }
                panel += 2;
                continue;
            }
            let positions = values[panel..].iter().step_by(n_panels);
            let zeros = [[0.0; LANES]; HEIGHT];
            let means = accumulate::<S, HEIGHT, WIDTH, f32>(simd, scores, positions, &ONES, zeros);
            for (row, means) in means.iter().enumerate() {
                self.write(first + row, panel, means, sums[row]);
            }
            panel += 1;
        }
    }

    /// Writes a query's means of one panel of dimensions.
    #[inline(always)]
    fn write(&mut self, query: usize, panel: usize, means: &Lanes, sum: f32) {
        let head_dim = self.shape.head_dim;
        let group = self.shape.n_heads / self.shape.n_kv_heads;
        let dims = panel * LANES..head_dim.min((panel + 1) * LANES);
        let place = query / group * self.stride + self.offset + query % group * head_dim;
        let y = &mut self.y[place + dims.start..place + dims.end];
        for (y, mean) in y.iter_mut().zip(means) {
            *y = mean / sum;
        }
    }
}

/// Two panels in turn, so that neither waits for its last sum before it can add to it.
#[inline(always)]
fn accumulate_pair<'v, const WIDTH: usize>(
    x: &[f32],
    weights: impl Iterator<Item = (&'v Lanes, &'v Lanes)>,
) -> [Lanes; 2] {
    let (mut first, mut second) = ([0.0; LANES], [0.0; LANES]);
    for (x, (left, right)) in x.iter().zip(weights) {
        for lane in 0..LANES {
            first[lane] = simd::multiply_add::<WIDTH>(*x, left[lane], first[lane]);
        }
        for lane in 0..LANES {
            second[lane] = simd::multiply_add::<WIDTH>(*x, right[lane], second[lane]);
        }
    }
    [first, second]
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
