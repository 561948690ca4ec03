//! What the likelihood of a mixture is made of.

use crate::numeric::math;
use crate::numeric::matrix::Matrix;

/// For each text and class, a number proportional, within the text, to the density of the text
/// under the class: the largest of each text 1.
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
    /// `[n_classes, n_texts]`: everything that is computed of them is sums over texts, which so stand side by side.
    pub(super) ratios: Matrix,
    pub(super) weights: Vec<f64>,
    /// The logarithm of what each text's ratios were divided by to make the largest 1; empty: of 1.
    log_scales: Vec<f64>,
}

/// Texts that are gone through at a time: with 100 classes they still fit a processor's second cache.
pub(super) const BLOCK: usize = 256;

/// The texts in blocks: each as its first and its last but one.
pub(super) fn blocks(n_texts: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    (0..n_texts).step_by(BLOCK).map(move |first| first..n_texts.min(first + BLOCK))
}

impl LikelihoodRatios {
    /// The ratios of what has these log-densities, `[n_texts, n_classes]`, each row up to a constant of its
    /// own, and counts for `weights`. Texts without weight are to be left out.
    pub fn of_log_densities(log_densities: &Matrix, weights: Vec<f64>) -> Self {
        let mut ratios = Matrix::zeros(log_densities.n_cols(), log_densities.n_rows());
        for (text, row) in log_densities.rows().enumerate() {
            let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            for (class, entry) in row.iter().enumerate() {
                ratios[(class, text)] = math::exp(entry - largest);
            }
        }
        Self { ratios, weights, log_scales: Vec::new() }
    }

    /// The ratios of things that are counted: `densities` has a row per kind and a column per class,
    /// `counts` says how often each kind was seen. Kinds that were not seen are left out.
    pub fn of_densities(densities: &Matrix, counts: &[f64]) -> Self {
        let seen: Vec<usize> = (0..counts.len()).filter(|&kind| counts[kind] > 0.0).collect();
        let mut ratios = Matrix::zeros(densities.n_cols(), seen.len());
        for (text, &kind) in seen.iter().enumerate() {
            let row = densities.row(kind);
            let largest = row.iter().copied().fold(0.0, f64::max);
            for (class, density) in row.iter().enumerate() {
                ratios[(class, text)] = density / largest;
            }
        }
        let weights = seen.into_iter().map(|kind| counts[kind]).collect();
        Self { ratios, weights, log_scales: Vec::new() }
    }

    /// How many classes there are.
    pub fn n_classes(&self) -> usize {
        self.ratios.n_rows()
    }

    /// The same ratios of the same kinds, seen so often.
    pub(crate) fn set_weights(&mut self, weights: Vec<f64>) {
        debug_assert_eq!(weights.len(), self.weights.len());
        self.weights = weights;
    }

    /// The sum of the weights: the number of texts, if each weighs 1.
    pub fn total_weight(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// The mean log-likelihood of `shares`, up to the constant of the ratios.
    pub fn mean_log_likelihood(&self, shares: &[f64]) -> f64 {
        let scales: f64 =
            self.log_scales.iter().zip(&self.weights).map(|(scale, weight)| scale * weight).sum();
        self.log_likelihood(&self.ratios.transposed_times(shares)) + scales / self.total_weight()
    }

    /// The same, but for the scales of the texts, of a mixture under which they have the densities `mixed`.
    pub(super) fn log_likelihood(&self, mixed: &[f64]) -> f64 {
        let terms = mixed.iter().zip(&self.weights);
        let total: f64 = terms.map(|(density, weight)| weight * math::ln(*density)).sum();
        total / self.total_weight()
    }

    /// The gradient of the mean log-likelihood at `shares`: for each class the weighted mean of
    /// its ratio over the mixture's. At a maximum it is 1 for classes with a positive share and at
    /// most 1 for the others.
    pub fn gradient(&self, shares: &[f64]) -> Vec<f64> {
        self.mixed_and_gradient(shares).1
    }

    /// The density of each text under the mixture, up to its constant, and the gradient.
    pub(super) fn mixed_and_gradient(&self, shares: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut mixed = vec![0.0; self.weights.len()];
        let mut gradient = vec![0.0; shares.len()];
        let mut factors = [0.0; BLOCK];
        for texts in blocks(mixed.len()) {
            let mixed = &mut mixed[texts.clone()];
            for (class, &share) in shares.iter().enumerate().filter(|(_, share)| **share != 0.0) {
                let ratios = &self.ratios.row(class)[texts.clone()];
                mixed.iter_mut().zip(ratios).for_each(|(entry, ratio)| *entry += share * ratio);
            }
            let factors = &mut factors[..texts.len()];
            let terms = self.weights[texts.clone()].iter().zip(mixed.iter());
            factors.iter_mut().zip(terms).for_each(|(factor, (weight, d))| *factor = weight / d);
            for (class, entry) in gradient.iter_mut().enumerate() {
                *entry += math::dot(&self.ratios.row(class)[texts.clone()], factors);
            }
        }
        let total = self.total_weight();
        gradient.iter_mut().for_each(|entry| *entry /= total);
        (mixed, gradient)
    }

    /// The ratios of a mixture in which `class` has the share `share`, as ratios of the mixture of
    /// the other classes: `share ratio_k + (1 - share) ratio_j` for each other class j. Fixing
    /// one share thus leaves a problem of the same form, and profiles need no other solver.
    ///
    /// A text that the other classes all but exclude has ratios near 0 where the share is 0: they are scaled
    /// up, as squares of their reciprocals would overflow. One that they do exclude tells nothing of them, and
    /// makes the likelihood 0.
    pub(crate) fn with_fixed(&self, class: usize, share: f64) -> Self {
        let mut ratios = Matrix::zeros(self.n_classes() - 1, self.weights.len());
        let fixed = self.ratios.row(class);
        let others = (0..self.n_classes()).filter(|&other| other != class);
        for (row, other) in others.enumerate() {
            let terms = fixed.iter().zip(self.ratios.row(other));
            for (entry, (fixed, ratio)) in ratios.row_mut(row).iter_mut().zip(terms) {
                *entry = share * fixed + (1.0 - share) * ratio;
            }
        }
        let log_scales = scale_to_one(&mut ratios);
        Self { ratios, weights: self.weights.clone(), log_scales }
    }
}

/// Divides each column by its largest entry, whose logarithm it gives; one of zeros becomes one of ones.
fn scale_to_one(ratios: &mut Matrix) -> Vec<f64> {
    let mut largest = vec![0.0_f64; ratios.n_cols()];
    for row in ratios.rows() {
        largest.iter_mut().zip(row).for_each(|(top, entry)| *top = top.max(*entry));
    }
    for row in 0..ratios.n_rows() {
        let scaled = |(entry, top): (&mut f64, &f64)| {
            *entry = if *top > 0.0 { *entry / top } else { 1.0 };
        };
        ratios.row_mut(row).iter_mut().zip(&largest).for_each(scaled);
    }
    largest.into_iter().map(math::ln).collect()
}
