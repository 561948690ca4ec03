//! What the likelihood of a mixture is made of.

use super::curvature::curvature;
use crate::numeric::math;
use crate::numeric::matrix::Matrix;

/// For each text and class, a number proportional, within the text, to the density of the text
/// under the class: `[n_docs, n_classes]`, the largest of each row 1.
///
/// With them the log-likelihood of a mixture is, up to a constant,
///
/// ```text
/// l(mixture) = sum_i weight_i log sum_k mixture_k ratio_ik,   ratio_ik ~ posterior_ik / prior_k
/// ```
///
/// which is concave (Alexandari et al. 2020, arXiv 1901.06852, section 2.2).
#[derive(Debug, Clone, PartialEq)]
pub struct LikelihoodRatios {
    pub(super) ratios: Matrix,
    pub(super) weights: Vec<f64>,
}

impl LikelihoodRatios {
    /// The ratios of what has these log-densities, `[n_texts, n_classes]`, each row up to a constant of its
    /// own, and counts for `weights`. Texts without weight are to be left out.
    pub fn of_log_densities(mut log_densities: Matrix, weights: Vec<f64>) -> Self {
        for text in 0..log_densities.n_rows() {
            let row = log_densities.row_mut(text);
            let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            row.iter_mut().for_each(|entry| *entry = math::exp(*entry - largest));
        }
        Self { ratios: log_densities, weights }
    }

    /// The ratios of things that are counted: `densities` has a row per kind and a column per class,
    /// `counts` says how often each kind was seen. Kinds that were not seen are left out.
    pub fn of_densities(densities: &Matrix, counts: &[f64]) -> Self {
        let seen: Vec<usize> = (0..counts.len()).filter(|&kind| counts[kind] > 0.0).collect();
        let mut ratios = Matrix::zeros(seen.len(), densities.n_cols());
        for (row_idx, &kind) in seen.iter().enumerate() {
            let largest = densities.row(kind).iter().copied().fold(0.0, f64::max);
            for (entry, density) in ratios.row_mut(row_idx).iter_mut().zip(densities.row(kind)) {
                *entry = density / largest;
            }
        }
        Self { ratios, weights: seen.into_iter().map(|kind| counts[kind]).collect() }
    }

    /// How many classes there are.
    pub fn n_classes(&self) -> usize {
        self.ratios.n_cols()
    }

    /// The sum of the weights: the number of texts, if each weighs 1.
    pub fn total_weight(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// The gradient of the mean log-likelihood at `shares`: for each class the weighted mean of
    /// its ratio over the mixture's. At a maximum it is 1 for classes with a positive share and at
    /// most 1 for the others.
    pub fn gradient(&self, shares: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; shares.len()];
        for (row, weight) in self.ratios.rows().zip(&self.weights) {
            let factor = weight / math::dot(row, shares);
            for (entry, ratio) in gradient.iter_mut().zip(row) {
                *entry += factor * ratio;
            }
        }
        let total = self.total_weight();
        gradient.iter_mut().for_each(|entry| *entry /= total);
        gradient
    }

    /// Minus the Hessian of the mean log-likelihood at `shares`: the weighted mean of the outer
    /// products of ratio over mixture, `[n_classes, n_classes]`.
    pub fn curvature(&self, shares: &[f64]) -> Matrix {
        let every_class: Vec<usize> = (0..shares.len()).collect();
        let mixed: Vec<f64> = self.ratios.rows().map(|row| math::dot(row, shares)).collect();
        curvature(&self.ratios, &self.weights, &mixed, &every_class)
    }

    /// The ratios of a mixture in which `class` has the share `share`, as ratios of the mixture of
    /// the other classes: `share ratio_k + (1 - share) ratio_j` for each other class j. Fixing
    /// one share thus leaves a problem of the same form, and profiles need no other solver.
    pub(crate) fn with_fixed(&self, class: usize, share: f64) -> Self {
        let mut ratios = Matrix::zeros(self.ratios.n_rows(), self.n_classes() - 1);
        for (row_idx, row) in self.ratios.rows().enumerate() {
            let fixed = share * row[class];
            let (before, after) = (&row[..class], &row[class + 1..]);
            for (entry, ratio) in ratios.row_mut(row_idx).iter_mut().zip(before.iter().chain(after))
            {
                *entry = fixed + (1.0 - share) * ratio;
            }
        }
        Self { ratios, weights: self.weights.clone() }
    }
}
