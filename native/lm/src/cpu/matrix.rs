//! Weight matrices as the kernels want them: in panels, in one of three precisions.

use rayon::prelude::*;

use super::simd::{LANES, Lanes};

/// How weights are held in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Precision {
    /// 32-bit floats.
    #[default]
    F32,
    /// 16-bit floats with eight bits of exponent.
    Bf16,
    /// 8-bit whole numbers with a scale per output and 64 inputs.
    Int8,
}

impl Precision {
    /// Its name in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Bf16 => "half",
            Self::Int8 => "int8",
        }
    }

    /// Bytes that `n` weights take, scales included.
    pub fn bytes(self, n_weights: u64) -> u64 {
        match self {
            Self::F32 => 4 * n_weights,
            Self::Bf16 => 2 * n_weights,
            Self::Int8 => n_weights + 4 * n_weights / GROUP as u64,
        }
    }
}

/// Inputs that share a scale in [`Precision::Int8`].
pub(super) const GROUP: usize = 64;
/// Inputs treated at a time, a multiple of [`GROUP`]: a block of a panel fits into the first cache.
pub(super) const BLOCK: usize = 256;

/// A matrix `W`, `[n_out, n_in]`, ready for `x · Wᵀ`.
///
/// Sixteen outputs form a panel, `[n_in][16]`; the last one is padded with zeros.
#[derive(Debug)]
pub(super) struct PackedMatrix {
    pub(super) n_out: usize,
    pub(super) n_in: usize,
    pub(super) weights: Weights,
}

/// The panels, one after the other.
#[derive(Debug)]
pub(super) enum Weights {
    F32(Vec<Lanes>),
    Bf16(Vec<[u16; LANES]>),
    Int8 {
        weights: Vec<[i8; LANES]>,
        /// `[n_panels][n_groups]`.
        scales: Vec<Lanes>,
    },
}

/// A type of weights that a kernel can widen. (In loops: `array::map` is not inlined into kernels, and
/// what is not inlined is not compiled for the better instructions.)
pub(super) trait Weight: Copy + Sync + 'static {
    /// Whether it is what it is widened to.
    const IS_WIDE: bool = false;

    /// The weights as floats; `scale` is that of [`Weights::Int8`].
    fn widen(lanes: &[Self; LANES], scale: &Lanes) -> Lanes;
}

impl Weight for f32 {
    const IS_WIDE: bool = true;

    #[inline(always)]
    fn widen(lanes: &Lanes, _scale: &Lanes) -> Lanes {
        *lanes
    }
}

impl Weight for u16 {
    #[inline(always)]
    fn widen(lanes: &[u16; LANES], _scale: &Lanes) -> Lanes {
        let mut wide = [0.0; LANES];
        for (wide, bits) in wide.iter_mut().zip(lanes) {
            *wide = f32::from_bits(u32::from(*bits) << 16);
        }
        wide
    }
}

impl Weight for i8 {
    #[inline(always)]
    fn widen(lanes: &[i8; LANES], scale: &Lanes) -> Lanes {
        let mut wide = [0.0; LANES];
        for lane in 0..LANES {
            wide[lane] = f32::from(lanes[lane]) * scale[lane];
        }
        wide
    }
}

impl PackedMatrix {
    /// The matrix with these rows, `[n_out, n_in]`, row-major.
    pub(super) fn pack(rows: &[f32], n_in: usize, precision: Precision) -> Self {
        let n_out = rows.len() / n_in;
        let weights = match precision {
            Precision::F32 => Weights::F32(panels(rows, n_in, |value| value)),
            Precision::Bf16 => {
                Weights::Bf16(panels(rows, n_in, |value| half::bf16::from_f32(value).to_bits()))
            }
            Precision::Int8 => quantized(rows, n_in),
        };
        Self { n_out, n_in, weights }
    }

    pub(super) fn n_panels(&self) -> usize {
        self.n_out.div_ceil(LANES)
    }

    /// Row `row` of the matrix, as an embedding is looked up.
    pub(super) fn read_row(&self, row: usize, values: &mut [f32]) {
        let (panel, lane) = (row / LANES, row % LANES);
        let start = panel * self.n_in;
        match &self.weights {
            Weights::F32(weights) => {
                for (value, lanes) in values.iter_mut().zip(&weights[start..]) {
                    *value = lanes[lane];
                }
            }
            Weights::Bf16(weights) => {
                for (value, lanes) in values.iter_mut().zip(&weights[start..]) {
                    *value = f32::from_bits(u32::from(lanes[lane]) << 16);
                }
            }
            Weights::Int8 { weights, scales } => {
                let scales = &scales[panel * self.n_in.div_ceil(GROUP)..];
                for (index, (value, lanes)) in values.iter_mut().zip(&weights[start..]).enumerate()
                {
                    *value = f32::from(lanes[lane]) * scales[index / GROUP][lane];
                }
            }
        }
    }
}

fn panels<T: Copy + Default + Send>(
    rows: &[f32],
    n_in: usize,
    convert: impl Fn(f32) -> T + Sync,
) -> Vec<[T; LANES]> {
    let n_panels = (rows.len() / n_in).div_ceil(LANES);
    let mut panels = vec![[T::default(); LANES]; n_panels * n_in];
    panels.par_chunks_mut(n_in).zip(rows.par_chunks(LANES * n_in)).for_each(|(panel, rows)| {
        for (lane, row) in rows.chunks_exact(n_in).enumerate() {
            for (lanes, value) in panel.iter_mut().zip(row) {
                lanes[lane] = convert(*value);
            }
        }
    });
    panels
}

/// Each group of weights scaled so that its largest magnitude becomes 127, and rounded.
fn quantized(rows: &[f32], n_in: usize) -> Weights {
    let scale_of = |group: &[f32]| group.iter().fold(0.0_f32, |most, w| most.max(w.abs())) / 127.0;
    let n_groups = n_in.div_ceil(GROUP);
    let row_scales: Vec<f32> =
        rows.par_chunks(n_in).flat_map_iter(|row| row.chunks(GROUP).map(scale_of)).collect();
    let mut levels = vec![0.0; rows.len()];
    levels
        .par_chunks_mut(n_in)
        .zip(rows.par_chunks(n_in))
        .zip(row_scales.par_chunks(n_groups))
        .for_each(|((levels, row), scales)| {
            for (index, (level, weight)) in levels.iter_mut().zip(row).enumerate() {
                let scale = scales[index / GROUP];
                *level = if scale > 0.0 { (weight / scale).round() } else { 0.0 };
            }
        });
    #[expect(clippy::cast_possible_truncation, reason = "within ±127 by the choice of scale")]
    let weights = panels(&levels, n_in, |level| level as i8);
    Weights::Int8 { weights, scales: panels(&row_scales, n_groups, |scale| scale) }
}
