//! The matrix of features, seen only through the products that training needs.

use rayon::prelude::*;

use super::counts::{Counts, split_at_all};

/// Classes that products carry side by side.
const N_LANES: usize = 8;

/// One number for each of [`N_LANES`] classes.
type Lanes = [f64; N_LANES];

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

impl Design {
    /// `X Xᵀ coefficients`, for each class on its own.
    ///
    /// Time: two passes over the entries for each 8 classes. Each number is summed by one thread
    /// in the order of the entries, so the result does not depend on how many there are.
    ///
    /// # Shapes
    /// `coefficients`, result: `[n_docs, n_classes]`, row-major.
    pub(super) fn gram_product(&self, coefficients: &[f64], n_classes: usize) -> Vec<f64> {
        let mut margins = vec![0.0; coefficients.len()];
        for first_class in (0..n_classes).step_by(N_LANES) {
            for block in &self.blocks {
                let panel = block.scaled_panel(coefficients, n_classes, first_class);
                let squared: Vec<f64> = block.idf.iter().map(|idf| idf * idf).collect();
                let weights = gather(&block.by_column, &panel, &squared);
                let product = gather(&block.by_row, &weights, &block.inverse_norms);
                for (row, lanes) in margins.chunks_exact_mut(n_classes).zip(&product) {
                    for (margin, lane) in row[first_class..].iter_mut().zip(lanes) {
                        *margin += lane;
                    }
                }
            }
        }
        margins
    }
}

impl Block {
    /// `Xᵀ coefficients`: the weights that these combinations of rows are.
    ///
    /// # Shapes
    /// `coefficients`: `[n_docs, n_classes]`; result: `[n_features, n_classes]`, both row-major.
    pub(super) fn weights(&self, coefficients: &[f64], n_classes: usize) -> Vec<f32> {
        let mut weights = vec![0.0; self.idf.len() * n_classes];
        for first_class in (0..n_classes).step_by(N_LANES) {
            let panel = self.scaled_panel(coefficients, n_classes, first_class);
            let product = gather(&self.by_column, &panel, &self.idf);
            for (row, lanes) in weights.chunks_exact_mut(n_classes).zip(&product) {
                for (weight, &lane) in row[first_class..].iter_mut().zip(lanes) {
                    #[expect(clippy::cast_possible_truncation, reason = "24 bits are enough")]
                    {
                        *weight = lane as f32;
                    }
                }
            }
        }
        weights
    }

    /// The columns from `first_class` on, each row divided by its document's norm.
    fn scaled_panel(&self, matrix: &[f64], n_classes: usize, first_class: usize) -> Vec<Lanes> {
        let rows = matrix.chunks_exact(n_classes).zip(&self.inverse_norms);
        rows.map(|(row, inverse_norm)| {
            let mut lanes = [0.0; N_LANES];
            for (lane, value) in lanes.iter_mut().zip(&row[first_class..]) {
                *lane = value * inverse_norm;
            }
            lanes
        })
        .collect()
    }
}

/// `diag(scale) · counts · source`, in parallel over the lines of `counts`.
fn gather(counts: &Counts, source: &[Lanes], scale: &[f64]) -> Vec<Lanes> {
    let mut result = vec![[0.0; N_LANES]; counts.n_lines()];
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
fn weighted_sum(counts: &Counts, line: usize, source: &[Lanes]) -> Lanes {
    let packing = counts.packing();
    let mut sum = [0.0; N_LANES];
    for &entry in counts.line(line) {
        let (position, count) = packing.unpack(entry);
        let count = f64::from(count);
        for (total, value) in sum.iter_mut().zip(&source[position as usize]) {
            *total += count * value;
        }
    }
    sum
}
