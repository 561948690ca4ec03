//! Weights held as combinations of the training documents.

use rayon::prelude::*;

/// Numbers that one unit of parallel work sums; fixed, so that sums do not depend on threads.
const CHUNK: usize = 1 << 14;

/// Weights `W = Xᵀ A` and intercepts, with `W` known by `A` and by what it does to the documents.
///
/// Every step of the optimisation adds multiples of gradients, and each gradient is such a
/// combination, so that neither `W` (hundreds of thousands of features) nor vectors like it are
/// ever formed. Lengths and angles are those of `(W, b)`: `⟨W, V⟩ = tr(Aᵀ X V)`.
///
/// # Shapes
/// `coefficients` (`A`), `margins` (`X W`): `[n_docs, n_classes]`; `intercepts`: `[n_classes]`.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    pub(crate) coefficients: Vec<f64>,
    pub(crate) margins: Vec<f64>,
    pub(crate) intercepts: Vec<f64>,
}

impl Point {
    pub(crate) fn zero(n_docs: usize, n_classes: usize) -> Self {
        Self {
            coefficients: vec![0.0; n_docs * n_classes],
            margins: vec![0.0; n_docs * n_classes],
            intercepts: vec![0.0; n_classes],
        }
    }

    /// The scalar product of two points, as weights and intercepts.
    pub(crate) fn dot(&self, other: &Self) -> f64 {
        self.weights_dot(other) + dot(&self.intercepts, &other.intercepts)
    }

    /// The scalar product of the weights alone.
    pub(crate) fn weights_dot(&self, other: &Self) -> f64 {
        dot(&self.coefficients, &other.margins)
    }

    /// Adds `factor` times another point.
    pub(crate) fn add(&mut self, factor: f64, other: &Self) {
        self.add_weights(factor, other);
        add(&mut self.intercepts, factor, &other.intercepts);
    }

    /// Adds `factor` times another point's weights alone.
    pub(crate) fn add_weights(&mut self, factor: f64, other: &Self) {
        add(&mut self.coefficients, factor, &other.coefficients);
        add(&mut self.margins, factor, &other.margins);
    }

    /// Multiplies all by `factor`.
    pub(crate) fn scale(&mut self, factor: f64) {
        for part in [&mut self.coefficients, &mut self.margins, &mut self.intercepts] {
            part.par_chunks_mut(CHUNK).for_each(|chunk| {
                for value in chunk {
                    *value *= factor;
                }
            });
        }
    }
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    let sums: Vec<f64> = left
        .par_chunks(CHUNK)
        .zip(right.par_chunks(CHUNK))
        .map(|(left, right)| left.iter().zip(right).map(|(x, y)| x * y).sum())
        .collect();
    sums.iter().sum()
}

fn add(target: &mut [f64], factor: f64, source: &[f64]) {
    target.par_chunks_mut(CHUNK).zip(source.par_chunks(CHUNK)).for_each(|(target, source)| {
        for (value, addend) in target.iter_mut().zip(source) {
            *value += factor * addend;
        }
    });
}
