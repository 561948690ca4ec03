//! Fits a calibration by Newton's method.

use super::{Calibration, CalibrationMethod, WeightedDocuments};
use crate::numeric::math;
use crate::numeric::matrix::{Cholesky, Matrix};
use crate::numeric::termination::Termination;

/// The weight of the penalty `1/2 (parameter - neutral)^2` on each parameter, against a sum of one
/// loss per document: a normal prior of standard deviation 30. It keeps separable data (a perfect
/// classifier, a class that is absent) from sending parameters to infinity, pins the common
/// shift of the biases at 0, and moves anything that 100 documents say by less than 1e-4.
const PENALTY: f64 = 1e-3;

/// The steps after which a fit gives up; Newton's method takes 4 to 10.
const MAX_ITERATIONS: usize = 200;

/// A fitted calibration and how well it converged.
#[derive(Debug, Clone)]
pub struct CalibrationFit {
    /// The fitted map.
    pub calibration: Calibration,
    /// Certificate: the largest component of the objective's gradient, per unit of weight.
    pub gradient_norm: f64,
    /// Newton steps taken.
    pub iterations: usize,
    /// Why it stopped.
    pub termination: Termination,
    method: CalibrationMethod,
    hessian: Option<Cholesky>,
}

/// The calibration that minimises the weighted negative log-likelihood plus a slight penalty
/// (1e-3 times half the squared distance of the parameters from slope 1 and biases 0).
///
/// The objective is strictly convex, so damped Newton steps with Armijo's rule reach its one
/// minimum from anywhere. It stops when no gradient component exceeds `tolerance` per unit of
/// weight. `near`, a fit to similar data, lends its parameters and its factorised Hessian:
/// a bootstrap replicate then costs a few gradients and, as a rule, no Hessian.
///
/// Time: O(n_docs n_classes) per gradient, O(n_docs n_classes²) per Hessian.
pub fn fit(
    documents: &WeightedDocuments<'_>,
    method: CalibrationMethod,
    tolerance: f64,
    near: Option<&CalibrationFit>,
) -> CalibrationFit {
    let n_classes = documents.scores.n_classes();
    let near = near.filter(|near| near.method == method);
    let start =
        near.map_or_else(|| Calibration::identity(n_classes), |fit| fit.calibration.clone());
    if method == CalibrationMethod::None {
        return CalibrationFit {
            calibration: Calibration::identity(n_classes),
            gradient_norm: 0.0,
            iterations: 0,
            termination: Termination::Direct,
            method,
            hessian: None,
        };
    }
    let objective =
        Objective { documents, with_biases: method == CalibrationMethod::BiasCorrected };
    let total_weight = documents.total_weight().max(f64::MIN_POSITIVE);
    let mut hessian = near.and_then(|fit| fit.hessian.clone());
    let mut point = objective.at(objective.parameters(&start));
    let mut iterations = 0;
    let mut previous_norm = f64::INFINITY;
    let termination = loop {
        let norm = point.gradient_norm();
        if norm <= tolerance * total_weight {
            break Termination::Converged;
        }
        if iterations == MAX_ITERATIONS {
            break Termination::IterationLimit;
        }
        // A Hessian that no longer makes the gradient fall fast is renewed where we stand.
        let renew = !(norm < 0.3 * previous_norm);
        let factor = match hessian.take() {
            Some(factor) if iterations == 0 || !renew => factor,
            _ => Cholesky::of_semidefinite(&objective.hessian(&point.parameters)),
        };
        let Some(next) = objective.descend(&point, &factor) else {
            break Termination::Stalled;
        };
        hessian = Some(factor);
        previous_norm = norm;
        point = next;
        iterations += 1;
    };
    CalibrationFit {
        calibration: objective.calibration(&point.parameters),
        gradient_norm: point.gradient_norm() / total_weight,
        iterations,
        termination,
        method,
        hessian,
    }
}

/// The penalised loss as a function of the parameters: the slope, then, if fitted, the biases.
struct Objective<'a> {
    documents: &'a WeightedDocuments<'a>,
    with_biases: bool,
}

/// The loss and its gradient at some parameters.
struct Point {
    parameters: Vec<f64>,
    loss: f64,
    gradient: Vec<f64>,
}

impl Point {
    fn gradient_norm(&self) -> f64 {
        self.gradient.iter().fold(0.0, |largest: f64, entry| largest.max(entry.abs()))
    }
}

impl Objective<'_> {
    fn parameters(&self, calibration: &Calibration) -> Vec<f64> {
        let biases = if self.with_biases { calibration.biases.as_slice() } else { &[] };
        std::iter::once(calibration.slope).chain(biases.iter().copied()).collect()
    }

    fn calibration(&self, parameters: &[f64]) -> Calibration {
        let n_classes = self.documents.scores.n_classes();
        let biases = if self.with_biases { parameters[1..].to_vec() } else { vec![0.0; n_classes] };
        Calibration { slope: parameters[0], biases }
    }

    /// Calls `visit` with weight, class, scores and calibrated probabilities of each document that
    /// has weight, and with the log-sum-exp of its logits.
    fn for_each(&self, parameters: &[f64], mut visit: impl FnMut(&Document<'_>)) {
        let calibration = self.calibration(parameters);
        let mut posterior = vec![0.0; self.documents.scores.n_classes()];
        for (index, &weight) in self.documents.weights.iter().enumerate() {
            if weight > 0.0 {
                let scores = self.documents.scores.row(index);
                let class = self.documents.classes[index];
                calibration.logits(scores, &mut posterior);
                let own_logit = posterior[class];
                let loss = math::softmax(&mut posterior) - own_logit;
                visit(&Document { weight, class, scores, posterior: &posterior, loss });
            }
        }
    }

    fn at(&self, parameters: Vec<f64>) -> Point {
        let n_classes = self.documents.scores.n_classes();
        let (mut loss, mut slope_gradient) = (0.0, 0.0);
        let mut bias_gradient = vec![0.0; n_classes];
        self.for_each(&parameters, |document| {
            loss += document.weight * document.loss;
            let mean_score = math::dot(document.posterior, document.scores);
            slope_gradient += document.weight * (mean_score - document.scores[document.class]);
            for (entry, probability) in bias_gradient.iter_mut().zip(document.posterior) {
                *entry += document.weight * probability;
            }
            bias_gradient[document.class] -= document.weight;
        });
        let mut gradient = vec![slope_gradient];
        if self.with_biases {
            gradient.extend(bias_gradient);
        }
        for (index, (entry, parameter)) in gradient.iter_mut().zip(&parameters).enumerate() {
            let distance = if index == 0 { parameter - 1.0 } else { *parameter };
            loss += 0.5 * PENALTY * distance * distance;
            *entry += PENALTY * distance;
        }
        Point { parameters, loss, gradient }
    }

    /// The lower triangle of the Hessian.
    fn hessian(&self, parameters: &[f64]) -> Matrix {
        let size = parameters.len();
        let mut hessian = Matrix::zeros(size, size);
        self.for_each(parameters, |document| {
            let mean_score = math::dot(document.posterior, document.scores);
            for (class, (&probability, &score)) in
                document.posterior.iter().zip(document.scores).enumerate()
            {
                let weighted = document.weight * probability;
                hessian[(0, 0)] += weighted * (score - mean_score) * (score - mean_score);
                if self.with_biases {
                    let row = hessian.row_mut(class + 1);
                    row[0] += weighted * (score - mean_score);
                    row[class + 1] += weighted;
                    for (entry, other) in row[1..].iter_mut().zip(&document.posterior[..=class]) {
                        *entry -= weighted * other;
                    }
                }
            }
        });
        for index in 0..size {
            hessian[(index, index)] += PENALTY;
        }
        hessian
    }

    /// The next point, by a Newton step halved until the loss falls enough; `None` if no step
    /// lowers it in double precision.
    fn descend(&self, point: &Point, hessian: &Cholesky) -> Option<Point> {
        let direction = hessian.solve(&point.gradient);
        let slope = math::dot(&direction, &point.gradient);
        // The loss is a sum of many terms: below this its differences are noise, and a full Newton
        // step that does not raise it by more is the best there is.
        let noise = 1e-14 * point.loss.abs();
        let mut step = 1.0;
        for _ in 0..40 {
            let parameters =
                point.parameters.iter().zip(&direction).map(|(p, d)| p - step * d).collect();
            let next = self.at(parameters);
            if next.loss <= point.loss - 1e-4 * step * slope + noise {
                let improved =
                    next.loss < point.loss - noise || next.gradient_norm() < point.gradient_norm();
                return improved.then_some(next);
            }
            step *= 0.5;
        }
        None
    }
}

/// A document as the sums over documents see it.
struct Document<'a> {
    weight: f64,
    class: usize,
    scores: &'a [f64],
    posterior: &'a [f64],
    loss: f64,
}
