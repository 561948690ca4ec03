//! Multinomial logistic regression with an L2 penalty, to convergence.
//!
//! ```text
//! minimise over W, b:  C · Σᵢ −ln pᵢ(class of i)  +  ½ ‖W‖²,   pᵢ = softmax(xᵢ W + b)
//! ```
//!
//! as scikit-learn's `LogisticRegression(C)` defines it for three and more classes. (For two it
//! fits one vector of weights, here as always one for each class: its `C` is half of ours.)

mod lbfgs;
pub(super) mod point;

use std::fmt::Debug;

use rayon::prelude::*;

use self::lbfgs::History;
use self::point::Point;

/// Documents that one unit of parallel work sums over; fixed, so that sums do not depend on
/// threads.
const DOCS_PER_CHUNK: usize = 256;

/// How small the slope must become along a line, as a share of the slope at its start.
const SLOPE_SHARE: f64 = 0.01;

/// Newton steps along one line; bisection alone would reach the share above in fewer.
const MAX_LINE_STEPS: usize = 30;

/// A matrix of features `X`, `[n_docs, n_features]`, seen only through the product that training needs.
pub(super) trait Design: Debug + Sync {
    /// How many rows there are.
    fn n_docs(&self) -> usize;

    /// `X Xᵀ coefficients`, for each class on its own; the same on any number of threads.
    ///
    /// # Shapes
    /// `coefficients`, result: `[n_docs, n_classes]`, row-major.
    fn gram_product(&self, coefficients: &[f64], n_classes: usize) -> Vec<f64>;
}

/// The problem: documents, their classes, and the weight of their loss.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    pub(super) design: &'a dyn Design,
    /// `[n_docs]`
    pub(super) classes: &'a [usize],
    pub(super) n_classes: usize,
    /// `C`: the larger, the weaker the penalty.
    pub(super) inverse_regularization: f64,
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    pub(super) tolerance: f64,
    pub(super) max_iterations: usize,
}

/// Why an optimisation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Termination {
    /// The gradient is as small as asked.
    Converged,
    /// The largest number of iterations was reached first.
    IterationLimit,
    /// No step within the precision of the numbers makes the objective smaller.
    NoProgress,
}

/// How far an optimisation came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convergence {
    /// Why it ended.
    pub termination: Termination,
    /// Steps taken.
    pub iterations: usize,
    /// The objective where it ended.
    pub objective: f64,
    /// The Euclidean norm of the gradient where it ended, divided by `C` times the number of
    /// documents.
    pub gradient_norm: f64,
    /// The norm it had to fall to.
    pub tolerance: f64,
}

/// The minimum that was found, `W = Xᵀ coefficients`.
#[derive(Debug)]
pub(super) struct Solution {
    pub(super) coefficients: Vec<f64>,
    pub(super) intercepts: Vec<f64>,
    pub(super) convergence: Convergence,
}

/// Objective and gradient at a point.
#[derive(Debug)]
pub(super) struct Evaluation {
    pub(super) objective: f64,
    pub(super) gradient: Point,
}

/// An optimisation on its way.
struct Search<'a> {
    problem: &'a Problem<'a>,
    point: Point,
    evaluation: Evaluation,
    history: History,
    iterations: usize,
    /// Whether the margins were computed from the coefficients, not added up over steps.
    is_exact: bool,
    is_stuck: bool,
}

impl Search<'_> {
    fn reason_to_stop(&self, stop: Stop) -> Option<Termination> {
        if self.evaluation.gradient_norm() <= stop.tolerance * self.problem.scale() {
            Some(Termination::Converged)
        } else if self.iterations >= stop.max_iterations {
            Some(Termination::IterationLimit)
        } else {
            self.is_stuck.then_some(Termination::NoProgress)
        }
    }

    /// Computes anew what many steps added up, before it is believed.
    fn refresh(&mut self) {
        let Problem { design, n_classes, .. } = *self.problem;
        self.point.margins = design.gram_product(&self.point.coefficients, n_classes);
        self.evaluation = self.problem.evaluate(&self.point);
        self.is_exact = true;
        self.is_stuck = false;
    }

    fn step(&mut self) {
        let mut step = self.history.direction(&self.evaluation.gradient);
        let length = self.problem.line_minimum(&self.point, &step);
        if length <= 0.0 {
            self.is_stuck = true;
            return;
        }
        step.scale(length);
        self.point.add(1.0, &step);
        let next = self.problem.evaluate(&self.point);
        let mut change = next.gradient.clone();
        change.add(-1.0, &self.evaluation.gradient);
        self.history.push(step, change);
        self.evaluation = next;
        self.is_exact = false;
        self.iterations += 1;
    }
}

impl Problem<'_> {
    /// The minimum, or the best point before one of the other reasons to stop.
    ///
    /// Limited-memory BFGS from zero with a line search that costs no pass over the features:
    /// along a line the margins are known. One iteration is one [`Design::gram_product`].
    ///
    /// The penalty makes the objective strongly convex: where the gradient has norm `g`, the
    /// weights are within `g` of the best ones for these intercepts, and the objective within
    /// `½ g²`.
    pub(super) fn minimise(&self, stop: Stop, progress: &dyn Fn(usize)) -> Solution {
        let point = Point::zero(self.design.n_docs(), self.n_classes);
        let mut search = Search {
            problem: self,
            evaluation: self.evaluate(&point),
            history: History::new(point.coefficients.len()),
            point,
            iterations: 0,
            is_exact: true,
            is_stuck: false,
        };
        let termination = loop {
            match search.reason_to_stop(stop) {
                Some(termination) if search.is_exact => break termination,
                Some(_) => search.refresh(),
                None => {
                    search.step();
                    progress(search.iterations);
                }
            }
        };
        let convergence = Convergence {
            termination,
            iterations: search.iterations,
            objective: search.evaluation.objective,
            gradient_norm: search.evaluation.gradient_norm() / self.scale(),
            tolerance: stop.tolerance,
        };
        let Point { coefficients, intercepts, .. } = search.point;
        Solution { coefficients, intercepts, convergence }
    }

    /// What gradients are measured by: the weight of the loss of all documents together.
    fn scale(&self) -> f64 {
        self.inverse_regularization * self.design.n_docs() as f64
    }

    /// Objective and gradient; one [`Design::gram_product`].
    pub(super) fn evaluate(&self, point: &Point) -> Evaluation {
        let (residuals, log_loss) = self.residuals(point);
        let c = self.inverse_regularization;
        let mut gradient = Point {
            margins: self.design.gram_product(&residuals, self.n_classes),
            intercepts: column_sums(&residuals, self.n_classes),
            coefficients: residuals,
        };
        gradient.scale(c);
        // The penalty's gradient is W itself.
        gradient.add_weights(1.0, point);
        Evaluation { objective: c * log_loss + 0.5 * point.weights_dot(point), gradient }
    }

    /// Probabilities less truth, `[n_docs, n_classes]`, and the sum of the log losses.
    fn residuals(&self, point: &Point) -> (Vec<f64>, f64) {
        let mut residuals = point.margins.clone();
        let losses: Vec<f64> = residuals
            .par_chunks_mut(DOCS_PER_CHUNK * self.n_classes)
            .zip(self.classes.par_chunks(DOCS_PER_CHUNK))
            .map(|(rows, classes)| {
                let rows = rows.chunks_exact_mut(self.n_classes);
                rows.zip(classes)
                    .map(|(row, &class)| {
                        for (logit, intercept) in row.iter_mut().zip(&point.intercepts) {
                            *logit += intercept;
                        }
                        log_softmax(row);
                        let loss = -row[class];
                        for value in row.iter_mut() {
                            *value = libm::exp(*value);
                        }
                        row[class] -= 1.0;
                        loss
                    })
                    .sum()
            })
            .collect();
        (residuals, losses.iter().sum())
    }

    /// How many times `step` leads to the lowest point of its line; 0 if it does not lead down.
    fn line_minimum(&self, point: &Point, step: &Point) -> f64 {
        let weights_slope = point.weights_dot(step);
        let weights_curvature = step.weights_dot(step);
        let derivatives = |length: f64| {
            let (slope, curvature) = self.loss_derivatives(point, step, length);
            let c = self.inverse_regularization;
            (
                c * slope + weights_slope + length * weights_curvature,
                c * curvature + weights_curvature,
            )
        };
        let (start_slope, _) = derivatives(0.0);
        if start_slope.is_nan() || start_slope >= 0.0 {
            return 0.0;
        }
        // The objective is convex: its lowest point stays between `low` and `high`.
        let (mut low, mut high) = (0.0, f64::INFINITY);
        let mut length = 1.0;
        for _ in 0..MAX_LINE_STEPS {
            let (slope, curvature) = derivatives(length);
            if slope.abs() <= SLOPE_SHARE * -start_slope {
                break;
            }
            if slope < 0.0 {
                low = length;
            } else {
                high = length;
            }
            let newton = length - slope / curvature;
            length = if newton > low && newton < high {
                newton
            } else if high.is_finite() {
                0.5 * (low + high)
            } else {
                2.0 * length
            };
        }
        length
    }

    /// First and second derivative by `length` of the sum of log losses at `point + length · step`.
    fn loss_derivatives(&self, point: &Point, step: &Point, length: f64) -> (f64, f64) {
        let n_values = DOCS_PER_CHUNK * self.n_classes;
        let sums: Vec<(f64, f64)> = point
            .margins
            .par_chunks(n_values)
            .zip(step.margins.par_chunks(n_values))
            .zip(self.classes.par_chunks(DOCS_PER_CHUNK))
            .map(|((margins, changes), classes)| {
                let mut logits = vec![0.0; self.n_classes];
                let mut total = (0.0, 0.0);
                let rows = margins.chunks_exact(self.n_classes);
                let rows = rows.zip(changes.chunks_exact(self.n_classes));
                for ((margins, changes), &class) in rows.zip(classes) {
                    let change = |k: usize| changes[k] + step.intercepts[k];
                    for (k, logit) in logits.iter_mut().enumerate() {
                        *logit = margins[k] + point.intercepts[k] + length * change(k);
                    }
                    let (mean, variance) = softmax_moments(&mut logits, change);
                    total.0 += mean - change(class);
                    total.1 += variance;
                }
                total
            })
            .collect();
        sums.iter().fold((0.0, 0.0), |total, sum| (total.0 + sum.0, total.1 + sum.1))
    }
}

impl Evaluation {
    fn gradient_norm(&self) -> f64 {
        // Rounding can bring the square of a tiny norm below zero.
        self.gradient.dot(&self.gradient).max(0.0).sqrt()
    }
}

/// Mean and variance of `value` over the classes with probabilities softmax(`logits`).
fn softmax_moments(logits: &mut [f64], value: impl Fn(usize) -> f64) -> (f64, f64) {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut total = 0.0;
    for logit in logits.iter_mut() {
        *logit = libm::exp(*logit - largest);
        total += *logit;
    }
    let mean = logits.iter().enumerate().map(|(k, p)| p * value(k)).sum::<f64>() / total;
    let spread = |(k, p): (usize, &f64)| p * (value(k) - mean) * (value(k) - mean);
    (mean, logits.iter().enumerate().map(spread).sum::<f64>() / total)
}

/// Subtracts from each logit the logarithm of the sum of their exponentials.
pub(super) fn log_softmax(logits: &mut [f64]) {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logits.iter().map(|logit| libm::exp(logit - largest)).sum();
    let log_total = largest + libm::log(total);
    for logit in logits {
        *logit -= log_total;
    }
}

/// The sum of each column of a row-major matrix.
fn column_sums(matrix: &[f64], n_columns: usize) -> Vec<f64> {
    let mut sums = vec![0.0; n_columns];
    for row in matrix.chunks_exact(n_columns) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
    sums
}
