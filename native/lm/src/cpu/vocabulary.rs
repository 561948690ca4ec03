//! The head of a model, without ever keeping more than a few logits: log-probabilities of given tokens
//! and the moments of the log-probability, in one pass.

use pulp::Simd;
use rayon::prelude::*;

use super::matmul::{self, Output};
use super::matrix::PackedMatrix;
use super::simd::{self, Kernel, LANES};
use crate::engine::TokenId;

/// Panels whose logits are made at a time: for all rows of a block, they fit into the second cache.
const PANELS: usize = 24;
/// Rows of a block.
const ROWS: usize = 96;

/// Log-probability of the target, and mean and variance of the log-probability, of one position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moments {
    pub(super) log_prob: f32,
    pub(super) mean: f32,
    pub(super) variance: f32,
}

/// The moments at each position, given the last hidden states `[n_rows, n_in]` and the tokens that follow.
pub(super) fn moments(hidden: &[f32], head: &PackedMatrix, targets: &[TokenId]) -> Vec<Moments> {
    let n_threads = rayon::current_num_threads();
    let rows_each = ROWS.min(targets.len().div_ceil(n_threads)).max(1);
    let blocks = hidden.par_chunks(rows_each * head.n_in).zip(targets.par_chunks(rows_each));
    blocks.flat_map_iter(|(hidden, targets)| of_block(hidden, head, targets)).collect()
}

fn of_block(hidden: &[f32], head: &PackedMatrix, targets: &[TokenId]) -> Vec<Moments> {
    let width = PANELS * LANES;
    let mut logits = vec![0.0; targets.len() * width];
    let mut running = vec![Running::default(); targets.len()];
    for first in (0..head.n_panels()).step_by(PANELS) {
        let panels = first..(first + PANELS).min(head.n_panels());
        let offset = first * LANES;
        let n_logits = (head.n_out - offset).min(width);
        let output = Output {
            values: &mut logits,
            row_stride: width,
            panel_stride: LANES,
            n_out: usize::MAX,
        };
        matmul::product(hidden, head, None, panels, output);
        for ((row, running), target) in logits.chunks_exact(width).zip(&mut running).zip(targets) {
            let place = (*target as usize).wrapping_sub(offset);
            if let Some(logit) = row[..n_logits].get(place) {
                running.target = *logit;
            }
            simd::run(Absorb { logits: &row[..n_logits], running });
        }
    }
    running.iter().map(Running::moments).collect()
}

/// Sums over the logits `x` met so far: of `e^d`, `d e^d` and `d² e^d` with `d = x - largest`.
#[derive(Debug, Clone, Copy)]
struct Running {
    largest: f32,
    sums: [f64; 3],
    target: f32,
}

impl Default for Running {
    fn default() -> Self {
        Self { largest: f32::NEG_INFINITY, sums: [0.0; 3], target: f32::NAN }
    }
}

impl Running {
    /// Measures distances from `largest` instead.
    fn shift(&mut self, largest: f32) {
        if self.largest > f32::NEG_INFINITY {
            let by = f64::from(self.largest) - f64::from(largest);
            let factor = by.exp();
            let [zeroth, first, second] = self.sums;
            self.sums = [
                factor * zeroth,
                factor * (first + by * zeroth),
                factor * (second + by * (2.0 * first + by * zeroth)),
            ];
        }
        self.largest = largest;
    }

    /// With `Z` the sum of `e^d`: `log p = d - ln Z`, so its mean is that of `d` less `ln Z`, and its
    /// variance that of `d`.
    #[expect(clippy::cast_possible_truncation, reason = "stored in single precision")]
    fn moments(&self) -> Moments {
        let [zeroth, first, second] = self.sums;
        let mean = first / zeroth;
        let log_sum = zeroth.ln();
        Moments {
            log_prob: (f64::from(self.target) - f64::from(self.largest) - log_sum) as f32,
            mean: (mean - log_sum) as f32,
            variance: (second / zeroth - mean * mean).max(0.0) as f32,
        }
    }
}

struct Absorb<'a> {
    logits: &'a [f32],
    running: &'a mut Running,
}

impl Kernel for Absorb<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const WIDTH: usize>(self, _simd: S) {
        let largest = simd::maximum(self.logits);
        if largest > self.running.largest {
            self.running.shift(largest);
        }
        let mut sums = [[0.0_f64; LANES]; 3];
        let (whole, rest) = self.logits.as_chunks::<LANES>();
        for lanes in whole {
            let (mut distances, mut weights) = ([0.0; LANES], [0.0; LANES]);
            for lane in 0..LANES {
                distances[lane] = lanes[lane] - self.running.largest;
                weights[lane] = simd::exp::<WIDTH>(distances[lane]);
            }
            for lane in 0..LANES {
                let (weight, distance) = (f64::from(weights[lane]), f64::from(distances[lane]));
                sums[0][lane] += weight;
                sums[1][lane] += weight * distance;
                sums[2][lane] += weight * distance * distance;
            }
        }
        for logit in rest {
            let distance = logit - self.running.largest;
            let weight = f64::from(simd::exp::<WIDTH>(distance));
            let distance = f64::from(distance);
            sums[0][0] += weight;
            sums[1][0] += weight * distance;
            sums[2][0] += weight * distance * distance;
        }
        for (total, lanes) in self.running.sums.iter_mut().zip(&sums) {
            *total += lanes.iter().sum::<f64>();
        }
    }
}
