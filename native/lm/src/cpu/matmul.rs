//! `y = x · Wᵀ + b`, the one product that all linear maps are.
//!
//! Tiles of a few rows of `x` by sixteen outputs stay in registers while the inputs are walked through
//! (Goto & van de Geijn 2008). An output is always summed over the inputs in the same order, so a row's
//! result does not depend on the rows beside it.

use pulp::Simd;
use rayon::prelude::*;

use super::matrix::{BLOCK, GROUP, PackedMatrix, Weight, Weights};
use super::simd::{self, Kernel, LANES, Lanes};

/// Rows of `x` treated at a time: with [`BLOCK`] inputs each they fit into the second cache.
pub(super) const MAX_ROWS: usize = 192;
/// Below so many multiplications, a second thread costs more than it brings.
const PARALLEL_FROM: usize = 1 << 19;

/// Writes `x · Wᵀ + b` to `y`: `x` is `[n_rows, n_in]`, `y` is `[n_rows, n_out]`, both row-major.
pub(super) fn linear(x: &[f32], matrix: &PackedMatrix, bias: Option<&[f32]>, y: &mut [f32]) {
    let (n_in, n_out) = (matrix.n_in, matrix.n_out);
    let n_rows = x.len() / n_in;
    let n_threads = rayon::current_num_threads();
    if n_rows == 0 {
        return;
    }
    if n_threads == 1 || n_rows * n_in * n_out < PARALLEL_FROM {
        let output = Output { values: y, row_stride: n_out, panel_stride: LANES, n_out };
        product(x, matrix, bias, 0..matrix.n_panels(), output);
    } else if n_rows >= 32 * n_threads {
        let rows_each = MAX_ROWS.min(n_rows.div_ceil(n_threads)).next_multiple_of(12);
        y.par_chunks_mut(rows_each * n_out).zip(x.par_chunks(rows_each * n_in)).for_each(
            |(y, x)| {
                let output = Output { values: y, row_stride: n_out, panel_stride: LANES, n_out };
                product(x, matrix, bias, 0..matrix.n_panels(), output);
            },
        );
    } else {
        by_panels(x, matrix, bias, y, n_threads);
    }
}

/// Few rows: threads share the outputs. Each writes to a place of its own, from where `y` is filled.
fn by_panels(
    x: &[f32],
    matrix: &PackedMatrix,
    bias: Option<&[f32]>,
    y: &mut [f32],
    n_threads: usize,
) {
    let n_rows = x.len() / matrix.n_in;
    let n_panels = matrix.n_panels();
    let each = n_panels.div_ceil(2 * n_threads).max(1);
    let mut panels = vec![0.0; n_panels * n_rows * LANES];
    panels.par_chunks_mut(each * n_rows * LANES).enumerate().for_each(|(part, values)| {
        let range = part * each..((part + 1) * each).min(n_panels);
        let n_out = n_panels * LANES;
        let output = Output { values, row_stride: LANES, panel_stride: n_rows * LANES, n_out };
        product(x, matrix, bias, range, output);
    });
    for (row, y) in y.chunks_exact_mut(matrix.n_out).enumerate() {
        for (panel, values) in y.chunks_mut(LANES).enumerate() {
            let start = (panel * n_rows + row) * LANES;
            values.copy_from_slice(&panels[start..start + values.len()]);
        }
    }
}

/// Where a product goes: panel `p`, counted from the first one computed, of row `r` begins at
/// `r · row_stride + p · panel_stride`.
pub(super) struct Output<'a> {
    pub(super) values: &'a mut [f32],
    pub(super) row_stride: usize,
    pub(super) panel_stride: usize,
    /// Outputs from here on are padding and not written.
    pub(super) n_out: usize,
}

/// The outputs of these panels, on this thread.
pub(super) fn product(
    x: &[f32],
    matrix: &PackedMatrix,
    bias: Option<&[f32]>,
    panels: std::ops::Range<usize>,
    output: Output<'_>,
) {
    let n_in = matrix.n_in;
    match &matrix.weights {
        Weights::F32(weights) => {
            simd::run(Product { x, n_in, weights, scales: &[], bias, panels, output });
        }
        Weights::Bf16(weights) => {
            simd::run(Product { x, n_in, weights, scales: &[], bias, panels, output });
        }
        Weights::Int8 { weights, scales } => {
            simd::run(Product { x, n_in, weights, scales, bias, panels, output });
        }
    }
}

/// Calls the function with the height as a constant: `by_height!(height, interleave(target, row))`.
macro_rules! by_height {
    ($height:expr, interleave($($argument:expr),*)) => {
        by_height!(@ $height, H, interleave::<H>($($argument),*))
    };
    ($height:expr, tile($simd:ident, $width:ident, $weight:ident; $($argument:expr),*)) => {
        by_height!(@ $height, H, tile::<$simd, H, $width, $weight>($($argument),*))
    };
    (@ $height:expr, $constant:ident, $call:expr) => {
        match $height {
            1 => { const $constant: usize = 1; $call }
            2 => { const $constant: usize = 2; $call }
            3 => { const $constant: usize = 3; $call }
            4 => { const $constant: usize = 4; $call }
            5 => { const $constant: usize = 5; $call }
            6 => { const $constant: usize = 6; $call }
            7 => { const $constant: usize = 7; $call }
            8 => { const $constant: usize = 8; $call }
            9 => { const $constant: usize = 9; $call }
            10 => { const $constant: usize = 10; $call }
            11 => { const $constant: usize = 11; $call }
            _ => { const $constant: usize = 12; $call }
        }
    };
}

struct Product<'a, W> {
    x: &'a [f32],
    n_in: usize,
    weights: &'a [[W; LANES]],
    /// `[n_panels][n_groups]`, or nothing.
    scales: &'a [Lanes],
    bias: Option<&'a [f32]>,
    panels: std::ops::Range<usize>,
    output: Output<'a>,
}

impl<W: Weight> Kernel for Product<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const WIDTH: usize>(mut self, simd: S) {
        let n_rows = self.x.len() / self.n_in;
        // As many accumulators as there are registers, less those for inputs and weights.
        let tile_rows = if WIDTH == 16 { 12 } else { 6 };
        let mut packed = vec![0.0; n_rows.min(MAX_ROWS) * BLOCK.min(self.n_in)];
        let mut wide = vec![[0.0; LANES]; if W::IS_WIDE { 0 } else { BLOCK }];
        for first in (0..n_rows).step_by(MAX_ROWS) {
            let rows = first..(first + MAX_ROWS).min(n_rows);
            let tiles = Tiles { n_rows: rows.len(), n_tiles: rows.len().div_ceil(tile_rows) };
            for start in (0..self.n_in).step_by(BLOCK) {
                let inputs = start..(start + BLOCK).min(self.n_in);
                tiles.pack(&self.x[rows.start * self.n_in..], self.n_in, &inputs, &mut packed);
                for panel in self.panels.clone() {
                    let place = panel * self.n_in;
                    let weights = &self.weights[place + inputs.start..place + inputs.end];
                    let part =
                        Part { panel, tiles: &tiles, first_row: rows.start, inputs: &inputs };
                    let scales = self.scales(panel, &inputs);
                    if tiles.n_tiles == 1 || W::IS_WIDE {
                        self.panel::<S, WIDTH, W>(simd, part, weights, scales, &packed);
                        continue;
                    }
                    // Widened once for all tiles.
                    let wide = &mut wide[..inputs.len()];
                    let groups = wide.chunks_mut(GROUP).zip(weights.chunks(GROUP)).enumerate();
                    for (group, (wide, weights)) in groups {
                        let scale = scales.get(group).unwrap_or(&[1.0; LANES]);
                        for (wide, weights) in wide.iter_mut().zip(weights) {
                            *wide = W::widen(weights, scale);
                        }
                    }
                    self.panel::<S, WIDTH, f32>(simd, part, wide, &[], &packed);
                }
            }
        }
    }
}

impl<'a, W: Weight> Product<'a, W> {
    /// The scales of these inputs' groups; none where there are no scales.
    #[inline(always)]
    fn scales(&self, panel: usize, inputs: &std::ops::Range<usize>) -> &'a [Lanes] {
        let first = panel * self.n_in.div_ceil(GROUP) + inputs.start / GROUP;
        self.scales.get(first..first + inputs.len().div_ceil(GROUP)).unwrap_or(&[])
    }

    #[inline(always)]
    fn panel<S: Simd, const WIDTH: usize, V: Weight>(
        &mut self,
        simd: S,
        part: Part<'_>,
        weights: &[[V; LANES]],
        scales: &[Lanes],
        packed: &[f32],
    ) {
        let Part { panel, tiles, first_row, inputs } = part;
        let n_lanes = self.output.n_out.saturating_sub(panel * LANES).min(LANES);
        let mut first = [0.0; LANES];
        if let Some(bias) = self.bias {
            let bias = &bias[(panel * LANES).min(bias.len())..];
            let n = bias.len().min(LANES);
            first[..n].copy_from_slice(&bias[..n]);
        }
        for tile in 0..tiles.n_tiles {
            let rows = tiles.rows(tile);
            let x = &packed[rows.start * inputs.len()..rows.end * inputs.len()];
            let start = (first_row + rows.start) * self.output.row_stride
                + (panel - self.panels.start) * self.output.panel_stride;
            let target = Target {
                values: &mut self.output.values[start..],
                row_stride: self.output.row_stride,
                n_lanes,
                first: (inputs.start == 0).then_some(&first),
            };
            by_height!(rows.len(), tile(S, WIDTH, V; simd, x, weights, scales, target));
        }
    }
}

/// Some rows and inputs of a panel.
#[derive(Clone, Copy)]
struct Part<'a> {
    panel: usize,
    tiles: &'a Tiles,
    first_row: usize,
    inputs: &'a std::ops::Range<usize>,
}

/// Rows shared out into tiles of nearly equal height.
struct Tiles {
    n_rows: usize,
    n_tiles: usize,
}

impl Tiles {
    #[inline(always)]
    fn rows(&self, tile: usize) -> std::ops::Range<usize> {
        self.n_rows * tile / self.n_tiles..self.n_rows * (tile + 1) / self.n_tiles
    }

    /// The tiles' inputs one after the other, each `[n_inputs][n_rows of the tile]`, so that a kernel reads
    /// them in order.
    #[inline(always)]
    fn pack(&self, x: &[f32], n_in: usize, inputs: &std::ops::Range<usize>, packed: &mut [f32]) {
        for tile in 0..self.n_tiles {
            let rows = self.rows(tile);
            let target = &mut packed[rows.start * inputs.len()..rows.end * inputs.len()];
            let row = |index: usize| {
                let start = (rows.start + index) * n_in;
                &x[start + inputs.start..start + inputs.end]
            };
            by_height!(rows.len(), interleave(target, row));
        }
    }
}

/// Writes the rows' values in turn: the first of each, the second of each, …
#[inline(always)]
pub(super) fn interleave<'x, const HEIGHT: usize>(
    target: &mut [f32],
    row: impl Fn(usize) -> &'x [f32],
) {
    let target = target.as_chunks_mut::<HEIGHT>().0;
    let rows: [&[f32]; HEIGHT] = std::array::from_fn(|index| &row(index)[..target.len()]);
    for (index, values) in target.iter_mut().enumerate() {
        for (value, row) in values.iter_mut().zip(rows) {
            *value = row[index];
        }
    }
}

/// Where a tile's sums are kept between blocks of inputs.
struct Target<'a> {
    values: &'a mut [f32],
    row_stride: usize,
    n_lanes: usize,
    /// What the sums begin with, before the first block.
    first: Option<&'a Lanes>,
}

#[inline(always)]
fn tile<S: Simd, const HEIGHT: usize, const WIDTH: usize, W: Weight>(
    simd: S,
    x: &[f32],
    weights: &[[W; LANES]],
    scales: &[Lanes],
    target: Target<'_>,
) {
    let Target { values, row_stride, n_lanes, first } = target;
    let mut sums = [[0.0; LANES]; HEIGHT];
    for (row, sums) in sums.iter_mut().enumerate() {
        match first {
            Some(first) => *sums = *first,
            None => load(&values[row * row_stride..], n_lanes, sums),
        }
    }
    if scales.is_empty() {
        sums = accumulate::<S, HEIGHT, WIDTH, W>(simd, x, weights.iter(), &[1.0; LANES], sums);
    }
    let groups = x.chunks(GROUP * HEIGHT).zip(weights.chunks(GROUP));
    for (scale, (x, weights)) in scales.iter().zip(groups) {
        sums = accumulate::<S, HEIGHT, WIDTH, W>(simd, x, weights.iter(), scale, sums);
    }
    for (row, sums) in sums.iter().enumerate() {
        let place = &mut values[row * row_stride..];
        if n_lanes == LANES {
            place[..LANES].copy_from_slice(sums);
        } else {
            place[..n_lanes].copy_from_slice(&sums[..n_lanes]);
        }
    }
}

#[inline(always)]
fn load(values: &[f32], n_lanes: usize, sums: &mut Lanes) {
    if n_lanes == LANES {
        sums.copy_from_slice(&values[..LANES]);
    } else {
        sums[..n_lanes].copy_from_slice(&values[..n_lanes]);
    }
}

/// The inner loop: each vector of weights meets each row's input. `x` is `[n_inputs][HEIGHT]`.
///
/// The instructions are named: left to itself the compiler may take the rows for the vector, and gather.
#[inline(always)]
pub(super) fn accumulate<'w, S: Simd, const HEIGHT: usize, const WIDTH: usize, W: Weight>(
    simd: S,
    x: &[f32],
    weights: impl Iterator<Item = &'w [W; LANES]>,
    scale: &Lanes,
    mut sums: [Lanes; HEIGHT],
) -> [Lanes; HEIGHT] {
    match WIDTH {
        16 => in_vectors::<S, HEIGHT, 1, W>(simd, x, weights, scale, &mut sums),
        8 => in_vectors::<S, HEIGHT, 2, W>(simd, x, weights, scale, &mut sums),
        4 => in_vectors::<S, HEIGHT, 4, W>(simd, x, weights, scale, &mut sums),
        _ => in_vectors::<S, HEIGHT, LANES, W>(simd, x, weights, scale, &mut sums),
    }
    sums
}

/// The same with [`LANES`] numbers in `PARTS` vectors.
#[inline(always)]
fn in_vectors<'w, S: Simd, const HEIGHT: usize, const PARTS: usize, W: Weight>(
    simd: S,
    x: &[f32],
    weights: impl Iterator<Item = &'w [W; LANES]>,
    scale: &Lanes,
    sums: &mut [Lanes; HEIGHT],
) {
    let mut vectors = [[simd.splat_f32s(0.0); PARTS]; HEIGHT];
    for (vectors, sums) in vectors.iter_mut().zip(sums.iter()) {
        vectors.copy_from_slice(S::as_simd_f32s(sums).0);
    }
    for (x, weights) in x.as_chunks::<HEIGHT>().0.iter().zip(weights) {
        let weights = W::widen(weights, scale);
        let weights = S::as_simd_f32s(&weights).0;
        for (vectors, x) in vectors.iter_mut().zip(x) {
            let x = simd.splat_f32s(*x);
            for (vector, weights) in vectors.iter_mut().zip(weights) {
                *vector = simd.mul_add_e_f32s(x, *weights, *vector);
            }
        }
    }
    for (sums, vectors) in sums.iter_mut().zip(&vectors) {
        S::as_mut_simd_f32s(sums).0.copy_from_slice(vectors);
    }
}
