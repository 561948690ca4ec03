//! A logistic regression on scaled embeddings.

use anyhow::ensure;
use data_anatomy_core::numeric::rng::RandomStream;
use serde::{Deserialize, Serialize};

use super::features::{Features, Scaler};
use crate::logistic::{Convergence, Problem, Solution, Stop, log_softmax};

/// Strengths of the penalty that are tried, as `C` of the logistic regression.
const CANDIDATES: [f64; 5] = [1e-3, 1e-2, 1e-1, 1.0, 10.0];
/// Every so many documents one is kept to choose among them.
const HELD_OUT_EVERY: usize = 5;
/// The stream of a seed that chooses these documents.
const CHOICE_STREAM: u64 = 4 << 32;
/// As for `tfidf`.
const STOP: Stop = Stop { tolerance: 1e-6, max_iterations: 1000 };

/// Weights of scaled embeddings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct LinearModel {
    scaler: Scaler,
    /// `[n_columns, n_classes]`, row-major.
    weights: Vec<f64>,
    /// `[n_classes]`.
    intercepts: Vec<f64>,
    /// The `C` that was chosen.
    inverse_regularization: f64,
}

impl LinearModel {
    /// The regression that fits these embeddings, `[n_docs, n_columns]`. The strength of its penalty is
    /// that with the smallest log loss on a fifth of the documents after fitting the others.
    pub(super) fn fit(
        embeddings: &[f32],
        n_columns: usize,
        classes: &[usize],
        n_classes: usize,
        seed: u64,
        progress: &dyn Fn(usize),
    ) -> (Self, Convergence) {
        let scaler = Scaler::fit(embeddings, n_columns);
        let features = scaler.apply(embeddings);
        let c = choose(&features, classes, n_classes, seed, progress);
        let solution = solve(&features, classes, n_classes, c, progress);
        let weights = features.weights(&solution.coefficients, n_classes);
        let Solution { intercepts, convergence, .. } = solution;
        (Self { scaler, weights, intercepts, inverse_regularization: c }, convergence)
    }

    /// The logarithms of the classes' probabilities, `[n_docs, n_classes]`, row-major.
    pub(super) fn log_probabilities(&self, embeddings: &[f32]) -> Vec<f64> {
        log_probabilities(&self.scaler.apply(embeddings), &self.weights, &self.intercepts)
    }

    /// # Errors
    /// If a list has another length than these sizes ask for, or a number is not finite.
    pub(super) fn check(&self, n_columns: usize, n_classes: usize) -> anyhow::Result<()> {
        let lists = [
            ("means", &self.scaler.means, n_columns),
            ("inverse_deviations", &self.scaler.inverse_deviations, n_columns),
            ("weights", &self.weights, n_columns * n_classes),
            ("intercepts", &self.intercepts, n_classes),
        ];
        for (name, list, n) in lists {
            ensure!(list.len() == n, "head.{name}: expected {n} numbers, found {}", list.len());
            ensure!(
                list.iter().all(|value| value.is_finite()),
                "head.{name}: a number that is not finite"
            );
        }
        Ok(())
    }
}

fn solve(
    features: &Features,
    classes: &[usize],
    n_classes: usize,
    inverse_regularization: f64,
    progress: &dyn Fn(usize),
) -> Solution {
    let problem = Problem { design: features, classes, n_classes, inverse_regularization };
    problem.minimise(STOP, progress)
}

/// The candidate with the smallest log loss on documents that were held out; the weakest of equals.
fn choose(
    features: &Features,
    classes: &[usize],
    n_classes: usize,
    seed: u64,
    progress: &dyn Fn(usize),
) -> f64 {
    let mut order: Vec<usize> = (0..classes.len()).collect();
    RandomStream::new(seed, CHOICE_STREAM).shuffle(&mut order);
    let n_held_out = classes.len() / HELD_OUT_EVERY;
    let (held_out, fitted) = order.split_at(n_held_out);
    let of = |rows: &[usize]| -> (Features, Vec<usize>) {
        (features.of_rows(rows), rows.iter().map(|&row| classes[row]).collect())
    };
    let ((test, test_classes), (train, train_classes)) = (of(held_out), of(fitted));
    let loss = |c: f64| {
        let solution = solve(&train, &train_classes, n_classes, c, progress);
        let weights = train.weights(&solution.coefficients, n_classes);
        let rows = log_probabilities(&test, &weights, &solution.intercepts);
        let rows = rows.chunks_exact(n_classes).zip(&test_classes);
        rows.map(|(row, &class)| -row[class]).sum::<f64>()
    };
    let losses = CANDIDATES.map(|c| (loss(c), c));
    losses.into_iter().min_by(|left, right| left.0.total_cmp(&right.0)).map_or(1.0, |(_, c)| c)
}

fn log_probabilities(features: &Features, weights: &[f64], intercepts: &[f64]) -> Vec<f64> {
    let mut rows = features.product(weights, intercepts.len());
    for row in rows.chunks_exact_mut(intercepts.len()) {
        for (logit, intercept) in row.iter_mut().zip(intercepts) {
            *logit += intercept;
        }
        log_softmax(row);
    }
    rows
}
