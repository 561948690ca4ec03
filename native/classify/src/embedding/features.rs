//! Embeddings as a dense matrix, brought to the same scale.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::logistic::Design;

/// How many pieces work over the rows is cut into; fixed, so that sums do not depend on threads.
const N_PIECES: usize = 64;

/// What brings each column to mean 0 and variance 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Scaler {
    pub(super) means: Vec<f64>,
    /// One over each column's standard deviation; 0 where a column never varies.
    pub(super) inverse_deviations: Vec<f64>,
}

/// A dense matrix of features, `[n_docs, n_columns]`.
#[derive(Debug)]
pub(super) struct Features {
    pub(super) values: Vec<f64>,
    pub(super) n_columns: usize,
}

impl Scaler {
    /// The scales of these rows, `[n_docs, n_columns]`.
    pub(super) fn fit(rows: &[f32], n_columns: usize) -> Self {
        let n_docs = (rows.len() / n_columns.max(1)) as f64;
        let mut means = vec![0.0; n_columns];
        for row in rows.chunks_exact(n_columns) {
            for (mean, &value) in means.iter_mut().zip(row) {
                *mean += f64::from(value);
            }
        }
        means.iter_mut().for_each(|mean| *mean /= n_docs);
        let mut variances = vec![0.0; n_columns];
        for row in rows.chunks_exact(n_columns) {
            for ((variance, mean), &value) in variances.iter_mut().zip(&means).zip(row) {
                let distance = f64::from(value) - mean;
                *variance += distance * distance / n_docs;
            }
        }
        let inverse = |variance: f64| if variance > 0.0 { 1.0 / variance.sqrt() } else { 0.0 };
        Self { means, inverse_deviations: variances.into_iter().map(inverse).collect() }
    }

    /// The rows, `[n_docs, n_columns]`, on this scale.
    pub(super) fn apply(&self, rows: &[f32]) -> Features {
        let n_columns = self.means.len();
        let mut values = Vec::with_capacity(rows.len());
        for row in rows.chunks_exact(n_columns) {
            let scales = self.means.iter().zip(&self.inverse_deviations);
            values.extend(
                row.iter()
                    .zip(scales)
                    .map(|(&value, (mean, scale))| (f64::from(value) - mean) * scale),
            );
        }
        Features { values, n_columns }
    }
}

impl Features {
    /// Some of the rows.
    pub(super) fn of_rows(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|&row| self.row(row).iter().copied()).collect();
        Self { values, n_columns: self.n_columns }
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.n_columns..(row + 1) * self.n_columns]
    }

    /// `Xᵀ coefficients`: the weights that these combinations of rows are.
    ///
    /// # Shapes
    /// `coefficients`: `[n_docs, n_classes]`; result: `[n_columns, n_classes]`, both row-major.
    pub(super) fn weights(&self, coefficients: &[f64], n_classes: usize) -> Vec<f64> {
        let n_rows = self.n_docs().div_ceil(N_PIECES).max(1);
        let sums: Vec<Vec<f64>> = self
            .values
            .par_chunks(n_rows * self.n_columns)
            .zip(coefficients.par_chunks(n_rows * n_classes))
            .map(|(rows, coefficients)| {
                let mut sum = vec![0.0; self.n_columns * n_classes];
                let rows = rows.chunks_exact(self.n_columns);
                for (row, coefficients) in rows.zip(coefficients.chunks_exact(n_classes)) {
                    for (sum, value) in sum.chunks_exact_mut(n_classes).zip(row) {
                        for (sum, coefficient) in sum.iter_mut().zip(coefficients) {
                            *sum += value * coefficient;
                        }
                    }
                }
                sum
            })
            .collect();
        let mut weights = vec![0.0; self.n_columns * n_classes];
        for sum in sums {
            for (weight, part) in weights.iter_mut().zip(sum) {
                *weight += part;
            }
        }
        weights
    }

    /// `X weights`.
    ///
    /// # Shapes
    /// `weights`: `[n_columns, n_classes]`; result: `[n_docs, n_classes]`, both row-major.
    pub(super) fn product(&self, weights: &[f64], n_classes: usize) -> Vec<f64> {
        let mut result = vec![0.0; self.n_docs() * n_classes];
        result.par_chunks_mut(n_classes).zip(self.values.par_chunks(self.n_columns)).for_each(
            |(result, row)| {
                for (value, weights) in row.iter().zip(weights.chunks_exact(n_classes)) {
                    for (sum, weight) in result.iter_mut().zip(weights) {
                        *sum += value * weight;
                    }
                }
            },
        );
        result
    }
}

impl Design for Features {
    fn n_docs(&self) -> usize {
        self.values.len() / self.n_columns.max(1)
    }

    fn gram_product(&self, coefficients: &[f64], n_classes: usize) -> Vec<f64> {
        self.product(&self.weights(coefficients, n_classes), n_classes)
    }
}
