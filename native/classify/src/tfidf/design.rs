//! The matrix of features, seen only through the products that training needs.

use std::ops::Range;

use rayon::prelude::*;

use super::counts::{Counts, split_at_all};
use crate::logistic;

/// Most classes that a product carries side by side.
const MAX_LANES: usize = 8;

/// One block of tf-idf features, `X = diag(1 / norm) · counts · diag(idf)`, never formed.
#[derive(Debug)]
pub(super) struct Block {
    /// `[n_docs, n_features]`
    pub(super) by_row: Counts,
    /// `[n_features, n_docs]`
    pub(super) by_column: Counts,
    /// `[n_features]`
    pub(super) idf: Vec<f64>,
    /// `[n_docs]`; 0 for a document without features.
    pub(super) inverse_norms: Vec<f64>,
}

/// The blocks of features side by side.
#[derive(Debug)]
pub(super) struct Design {
    pub(super) blocks: Vec<Block>,
    pub(super) n_docs: usize,
}

impl logistic::Design for Design {
    fn n_docs(&self) -> usize {
        self.n_docs
    }

    /// Time: two passes over the entries for each 8 classes. Each number is summed by one thread
    /// in the order of the entries, so the result does not depend on how many there are.
    fn gram_product(&self, coefficients: &[f64], n_classes: usize) -> Vec<f64> {
        let mut margins = vec![0.0; coefficients.len()];
        for classes in panels(n_classes) {
            for block in &self.blocks {
                let panel = Panel { matrix: coefficients, n_classes, classes: classes.clone() };
                // Few classes do not pay for empty lanes.
                match classes.len() {
                    1..=2 => block.add_gram_product::<2>(&panel, &mut margins),
                    3..=4 => block.add_gram_product::<4>(&panel, &mut margins),
                    5..=6 => block.add_gram_product::<6>(&panel, &mut margins),
                    _ => block.add_gram_product::<MAX_LANES>(&panel, &mut margins),
                }
            }
        }
        margins
    }
}

/// Ranges of at most [`MAX_LANES`] classes.
fn panels(n_classes: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n_classes).step_by(MAX_LANES).map(move |first| first..(first + MAX_LANES).min(n_classes))
}

/// Some neighbouring columns of a matrix `[n_docs, n_classes]`.
struct Panel<'a> {
    matrix: &'a [f64],
    n_classes: usize,
    classes: Range<usize>,
}

impl Panel<'_> {
    /// The columns side by side, each row multiplied by its scale; lanes left over are 0.
    fn lanes<const N: usize>(&self, scale: &[f64]) -> Vec<[f64; N]> {
        let rows = self.matrix.chunks_exact(self.n_classes).zip(scale);
        rows.map(|(row, scale)| {
            let mut lanes = [0.0; N];
            for (lane, value) in lanes.iter_mut().zip(&row[self.classes.clone()]) {
                *lane = value * scale;
            }
            lanes
        })
        .collect()
    }
}

impl Block {
    /// Adds `X Xᵀ` times these columns to the same columns of `margins`.
    fn add_gram_product<const N: usize>(&self, panel: &Panel<'_>, margins: &mut [f64]) {
        let squared: Vec<f64> = self.idf.iter().map(|idf| idf * idf).collect();
        let weights = gather::<N>(&self.by_column, &panel.lanes(&self.inverse_norms), &squared);
        let product = gather(&self.by_row, &weights, &self.inverse_norms);
        for (row, lanes) in margins.chunks_exact_mut(panel.n_classes).zip(&product) {
            for (margin, lane) in row[panel.classes.clone()].iter_mut().zip(lanes) {
                *margin += lane;
            }
        }
    }

    /// `Xᵀ coefficients`: the weights that these combinations of rows are.
    ///
    /// # Shapes
    /// `coefficients`: `[n_docs, n_classes]`; result: `[n_features, n_classes]`, both row-major.
    pub(super) fn weights(&self, coefficients: &[f64], n_classes: usize) -> Vec<f32> {
        let mut weights = vec![0.0; self.idf.len() * n_classes];
        for classes in panels(n_classes) {
            let panel = Panel { matrix: coefficients, n_classes, classes: classes.clone() };
            let lanes = panel.lanes::<MAX_LANES>(&self.inverse_norms);
            let product = gather(&self.by_column, &lanes, &self.idf);
            for (row, lanes) in weights.chunks_exact_mut(n_classes).zip(&product) {
                for (weight, &lane) in row[classes.clone()].iter_mut().zip(lanes) {
                    #[expect(clippy::cast_possible_truncation, reason = "24 bits are enough")]
                    {
                        *weight = lane as f32;
                    }
                }
            }
        }
        weights
    }
}

/// `diag(scale) · counts · source`, in parallel over the lines of `counts`.
fn gather<const N: usize>(counts: &Counts, source: &[[f64; N]], scale: &[f64]) -> Vec<[f64; N]> {
    let mut result = vec![[0.0; N]; counts.n_lines()];
    let pieces = counts.pieces();
    split_at_all(&mut result, pieces.iter().map(ExactSizeIterator::len))
        .into_par_iter()
        .zip(pieces)
        .for_each(|(slice, lines)| {
            for (sum, line) in slice.iter_mut().zip(lines) {
                *sum = weighted_sum(counts, line, source);
                for value in sum {
                    *value *= scale[line];
                }
            }
        });
    result
}

/// `Σ count · source[position]` over one line.
#[inline]
fn weighted_sum<const N: usize>(counts: &Counts, line: usize, source: &[[f64; N]]) -> [f64; N] {
    let packing = counts.packing();
    let mut sum = [0.0; N];
    for &entry in counts.line(line) {
        let (position, count) = packing.unpack(entry);
        let count = f64::from(count);
        for (total, value) in sum.iter_mut().zip(&source[position as usize]) {
            *total += count * value;
        }
    }
    sum
}
