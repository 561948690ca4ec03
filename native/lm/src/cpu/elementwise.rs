//! What happens to each position by itself: norms, activations, rotation.

use pulp::Simd;
use rayon::prelude::*;

use super::simd::{self, Kernel, LANES};
use crate::blueprint::{Activation, Norm, NormKind};
use crate::rotary::Rotary;
use crate::weight_reader::NormWeights;

/// Below so many numbers, a second thread costs more than it brings.
const PARALLEL_FROM: usize = 1 << 15;

/// Calls `each` with blocks of whole rows, on all threads where there is enough to do.
fn by_rows(values: &mut [f32], width: usize, each: impl Fn(usize, &mut [f32]) + Sync) {
    if values.len() < PARALLEL_FROM || rayon::current_num_threads() == 1 {
        return each(0, values);
    }
    let n_rows = values.len() / width;
    let rows_each = n_rows.div_ceil(4 * rayon::current_num_threads()).max(1);
    let blocks = values.par_chunks_mut(rows_each * width).enumerate();
    blocks.for_each(|(block, values)| each(block * rows_each, values));
}

/// Writes the norm of each row of `x` to `y`; both are `[n_rows, width]`.
pub(super) fn norm(x: &[f32], width: usize, norm: Norm, weights: &NormWeights, y: &mut [f32]) {
    by_rows(y, width, |first, y| {
        let x = &x[first * width..first * width + y.len()];
        simd::run(NormRows { x, width, norm, weights, y });
    });
}

/// Norms each row of `values` in place, in pieces of `width`.
pub(super) fn norm_in_place(values: &mut [f32], width: usize, norm: Norm, weights: &NormWeights) {
    let before = values.to_vec();
    self::norm(&before, width, norm, weights, values);
}

struct NormRows<'a> {
    x: &'a [f32],
    width: usize,
    norm: Norm,
    weights: &'a NormWeights,
    y: &'a mut [f32],
}

impl Kernel for NormRows<'_> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::cast_precision_loss, reason = "a width")]
    fn run<S: Simd, const WIDTH: usize>(self, _simd: S) {
        let n = self.width as f32;
        for (x, y) in self.x.chunks_exact(self.width).zip(self.y.chunks_exact_mut(self.width)) {
            let mean = match self.norm.kind {
                NormKind::Layer => simd::sum_of(x, |value| value) / n,
                NormKind::Rms => 0.0,
            };
            let variance = simd::sum_of(x, |value| (value - mean) * (value - mean)) / n;
            let scale = 1.0 / (variance + self.norm.epsilon).sqrt();
            for (y, x) in y.iter_mut().zip(x) {
                *y = (x - mean) * scale;
            }
            if let Some(weight) = &self.weights.weight {
                for (y, weight) in y.iter_mut().zip(weight) {
                    *y *= weight;
                }
            }
            if let Some(bias) = &self.weights.bias {
                for (y, bias) in y.iter_mut().zip(bias) {
                    *y += bias;
                }
            }
        }
    }
}

/// Adds `x` to `y`.
pub(super) fn add(y: &mut [f32], x: &[f32]) {
    by_rows(y, 1, |first, y| {
        for (y, x) in y.iter_mut().zip(&x[first..]) {
            *y += x;
        }
    });
}

/// Clamps all values to ± `limit`.
pub(super) fn clip(values: &mut [f32], limit: f32) {
    for value in values {
        *value = value.clamp(-limit, limit);
    }
}

/// Applies the activation to each value.
pub(super) fn activate(values: &mut [f32], activation: Activation) {
    by_rows(values, LANES, |_, values| simd::run(Activate { values, activation }));
}

/// Writes `activation(gate) · up` over the first half of each row `[gate, up]`, closing up the rows: the
/// first `n_rows * width` values of `fused` are the result then.
pub(super) fn gate(fused: &[f32], width: usize, activation: Activation, y: &mut [f32]) {
    by_rows(y, width, |first, y| {
        for (row, y) in y.chunks_exact_mut(width).enumerate() {
            let fused = &fused[2 * (first + row) * width..2 * (first + row + 1) * width];
            let (gate, up) = fused.split_at(width);
            y.copy_from_slice(gate);
            simd::run(Activate { values: y, activation });
            for (y, up) in y.iter_mut().zip(up) {
                *y *= up;
            }
        }
    });
}

struct Activate<'a> {
    values: &'a mut [f32],
    activation: Activation,
}

impl Kernel for Activate<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const WIDTH: usize>(self, _simd: S) {
        match self.activation {
            Activation::Gelu => each(self.values, gelu::<WIDTH>),
            Activation::GeluTanh => each(self.values, |x| {
                // tanh(u) = 2 σ(2u) - 1, with u = √(2/π) (x + 0.044715 x³).
                let u = 0.797_884_6 * (x + 0.044_715 * x * x * x);
                x * sigmoid::<WIDTH>(2.0 * u)
            }),
            Activation::GeluQuick => each(self.values, |x| x * sigmoid::<WIDTH>(1.702 * x)),
            Activation::Relu => each(self.values, |x| if x > 0.0 { x } else { 0.0 }),
            Activation::Silu => each(self.values, |x| x * sigmoid::<WIDTH>(x)),
        }
    }
}

#[inline(always)]
fn each(values: &mut [f32], map: impl Fn(f32) -> f32) {
    for value in values {
        *value = map(*value);
    }
}

#[inline(always)]
fn sigmoid<const WIDTH: usize>(x: f32) -> f32 {
    1.0 / (1.0 + simd::exp::<WIDTH>(-x))
}

/// `x · Φ(x)`, with the error function to 1.5e-7 (Abramowitz & Stegun 1964, 7.1.26).
#[inline(always)]
fn gelu<const WIDTH: usize>(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let mut polynomial = 1.061_405_4;
    for coefficient in [-1.453_152_1, 1.421_413_8, -0.284_496_72, 0.254_829_6] {
        polynomial = simd::multiply_add::<WIDTH>(polynomial, t, coefficient);
    }
    let tail = 0.5 * polynomial * t * simd::exp::<WIDTH>(-z * z);
    x * if x > 0.0 { 1.0 - tail } else { tail }
}

/// Cosines and sines of a rotary embedding, grown as positions are met.
#[derive(Debug)]
pub(super) struct RotaryTable {
    rotary: Rotary,
    /// Per position, all cosines and then all sines.
    rows: Vec<f32>,
}

impl RotaryTable {
    pub(super) fn new(rotary: Rotary) -> Self {
        Self { rotary, rows: Vec::new() }
    }

    /// Makes the positions before `n_positions` known.
    #[expect(clippy::cast_precision_loss, reason = "contexts are below 2^24")]
    pub(super) fn grow(&mut self, n_positions: usize) {
        let Rotary { frequencies, scale } = &self.rotary;
        let known = self.rows.len() / (2 * frequencies.len());
        for position in known..n_positions {
            let angles = frequencies.iter().map(|frequency| position as f32 * frequency);
            self.rows.extend(angles.clone().map(|angle| angle.cos() * scale));
            self.rows.extend(angles.map(|angle| angle.sin() * scale));
        }
    }

    /// Turns each head of width `head_dim` in `heads` to `position`.
    pub(super) fn rotate(&self, heads: &mut [f32], head_dim: usize, position: usize) {
        let n = self.rotary.frequencies.len();
        let (cosines, sines) = self.rows[position * 2 * n..(position + 1) * 2 * n].split_at(n);
        for head in heads.chunks_exact_mut(head_dim) {
            let (low, high) = head[..2 * n].split_at_mut(n);
            for (((low, high), cosine), sine) in low.iter_mut().zip(high).zip(cosines).zip(sines) {
                (*low, *high) = (*low * cosine - *high * sine, *high * cosine + *low * sine);
            }
        }
    }
}
