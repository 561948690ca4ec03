//! Confusion matrices and the predicted shares they explain, hard and soft, kept apart by type.
//!
//! Under label shift the predicted shares `b` of a sample are `pred_from_true` times its mixture,
//! for hard predictions with the hard matrix and for mean probabilities with the soft matrix.
//! Mixing the two does not converge to the mixture, so only like is accepted with like.

use crate::numeric::math;
use crate::numeric::matrix::Matrix;
use std::marker::PhantomData;

/// One vote per document, for its most probable class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hard {}

/// One vote per document, split by its probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soft {}

/// How a document votes: [`Hard`] or [`Soft`].
pub trait Vote {
    /// Adds the vote of a document with this posterior and weight to the totals per class.
    fn cast(posterior: &[f64], weight: f64, totals: &mut [f64]);
}

impl Vote for Hard {
    fn cast(posterior: &[f64], weight: f64, totals: &mut [f64]) {
        totals[math::argmax(posterior)] += weight;
    }
}

impl Vote for Soft {
    fn cast(posterior: &[f64], weight: f64, totals: &mut [f64]) {
        for (total, probability) in totals.iter_mut().zip(posterior) {
            *total += weight * probability;
        }
    }
}

/// A class without a document of positive weight: its column of the matrix is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no validation document of class {class}")]
pub struct EmptyClass {
    /// Position of the class, from 0.
    pub class: usize,
}

/// What is predicted of documents whose class is known.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfusionMatrix<V> {
    counts: Matrix,
    pred_from_true: Matrix,
    vote: PhantomData<V>,
}

impl<V: Vote> ConfusionMatrix<V> {
    /// The matrix of these documents: true class, weight and posterior of each.
    ///
    /// # Errors
    /// If a class has no document of positive weight.
    pub fn of(votes: VoteCount<V>) -> Result<Self, EmptyClass> {
        let counts = votes.counts;
        let mut pred_from_true = counts.transposed();
        for class in 0..counts.n_rows() {
            let total: f64 = counts.row(class).iter().sum();
            if !(total > 0.0) {
                return Err(EmptyClass { class });
            }
            for predicted in 0..counts.n_cols() {
                pred_from_true[(predicted, class)] /= total;
            }
        }
        Ok(Self { counts, pred_from_true, vote: PhantomData })
    }
}

impl<V> ConfusionMatrix<V> {
    /// The votes counted: row = true class, column = predicted class.
    pub fn counts(&self) -> &Matrix {
        &self.counts
    }

    /// The share of each true class (column) that is predicted as each class (row); columns sum
    /// to 1, so that `pred_from_true` times a mixture is the predicted shares it leads to.
    pub fn pred_from_true(&self) -> &Matrix {
        &self.pred_from_true
    }

    /// The orientation used in files: row = true class, column = predicted class, rows sum to 1.
    pub fn rows_by_true_class(&self) -> Matrix {
        self.pred_from_true.transposed()
    }

    /// How many documents (total weight) each true class has.
    pub fn class_totals(&self) -> Vec<f64> {
        self.counts.rows().map(|row| row.iter().sum()).collect()
    }

    /// The share of the weight that is predicted right.
    pub fn accuracy(&self) -> f64 {
        let right: f64 = (0..self.counts.n_rows()).map(|class| self.counts[(class, class)]).sum();
        right / self.counts.values().iter().sum::<f64>()
    }

    /// The unweighted mean over classes of F1 = 2 TP / (2 TP + FP + FN); 0 for a class that is
    /// never predicted right, as scikit-learn's `f1_score(average="macro", zero_division=0)`.
    pub fn macro_f1(&self) -> f64 {
        let n_classes = self.counts.n_rows();
        let predicted = self.counts.transposed();
        let f1 = |class: usize| {
            let right = self.counts[(class, class)];
            let true_total: f64 = self.counts.row(class).iter().sum();
            let predicted_total: f64 = predicted.row(class).iter().sum();
            2.0 * right / (true_total + predicted_total)
        };
        #[expect(clippy::cast_precision_loss, reason = "a count of classes")]
        let n = n_classes as f64;
        (0..n_classes).map(f1).sum::<f64>() / n
    }
}

/// Votes by true class, on the way to a [`ConfusionMatrix`].
#[derive(Debug, Clone, PartialEq)]
pub struct VoteCount<V> {
    counts: Matrix,
    vote: PhantomData<V>,
}

impl<V: Vote> VoteCount<V> {
    /// No votes yet.
    pub fn new(n_classes: usize) -> Self {
        Self { counts: Matrix::zeros(n_classes, n_classes), vote: PhantomData }
    }

    /// Counts the vote of one document.
    pub fn add(&mut self, true_class: usize, posterior: &[f64], weight: f64) {
        V::cast(posterior, weight, self.counts.row_mut(true_class));
    }
}

/// The shares of the classes among the votes of a sample; they sum to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictedShares<V> {
    totals: Vec<f64>,
    weight: f64,
    vote: PhantomData<V>,
}

impl<V: Vote> PredictedShares<V> {
    /// No votes yet: all shares are 0.
    pub fn new(n_classes: usize) -> Self {
        Self { totals: vec![0.0; n_classes], weight: 0.0, vote: PhantomData }
    }

    /// Counts the vote of one document.
    pub fn add(&mut self, posterior: &[f64], weight: f64) {
        V::cast(posterior, weight, &mut self.totals);
        self.weight += weight;
    }
}

impl<V> PredictedShares<V> {
    /// The shares, in class order.
    pub fn shares(&self) -> Vec<f64> {
        let weight = if self.weight > 0.0 { self.weight } else { 1.0 };
        self.totals.iter().map(|total| total / weight).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two classes, four documents of class 0 and two of class 1, probabilities of class 0.
    const POSTERIORS: [(usize, f64); 6] =
        [(0, 0.9), (0, 0.8), (0, 0.6), (0, 0.3), (1, 0.2), (1, 0.6)];

    fn matrix<V: Vote>(weights: &[f64]) -> Result<ConfusionMatrix<V>, EmptyClass> {
        let mut votes = VoteCount::new(2);
        for ((class, first), weight) in POSTERIORS.into_iter().zip(weights) {
            votes.add(class, &[first, 1.0 - first], *weight);
        }
        ConfusionMatrix::of(votes)
    }

    #[test]
    fn hard_matrix_matches_scikit_learn() {
        // sklearn.metrics: confusion_matrix, accuracy_score, f1_score(average="macro"), 1.9.1.
        let hard = matrix::<Hard>(&[1.0; 6]).unwrap();
        assert_eq!(hard.counts().values(), [3.0, 1.0, 1.0, 1.0]);
        assert_eq!(hard.rows_by_true_class().values(), [0.75, 0.25, 0.5, 0.5]);
        assert_eq!(hard.pred_from_true().row(0), [0.75, 0.5]);
        assert!((hard.accuracy() - 0.666_666_666_666_666_6).abs() < 1e-15);
        assert!((hard.macro_f1() - 0.625).abs() < 1e-15);
    }

    #[test]
    fn soft_matrix_is_the_mean_posterior_of_each_class() {
        let soft = matrix::<Soft>(&[1.0; 6]).unwrap();
        assert!((soft.pred_from_true()[(0, 0)] - 0.65).abs() < 1e-15);
        assert!((soft.pred_from_true()[(1, 1)] - 0.6).abs() < 1e-15);
        assert_eq!(soft.class_totals(), [4.0, 2.0]);
    }

    #[test]
    fn weights_count_documents_as_often_as_repeating_them() {
        let weighted = matrix::<Soft>(&[2.0, 0.0, 1.0, 1.0, 2.0, 0.0]).unwrap();
        assert!((weighted.pred_from_true()[(0, 0)] - (0.9 * 2.0 + 0.6 + 0.3) / 4.0).abs() < 1e-15);
        assert!((weighted.pred_from_true()[(0, 1)] - 0.2).abs() < 1e-15);
    }

    #[test]
    fn a_class_without_documents_is_named() {
        let error = matrix::<Hard>(&[1.0, 1.0, 1.0, 1.0, 0.0, 0.0]).unwrap_err();
        assert_eq!(error, EmptyClass { class: 1 });
    }
}
