//! How the estimate moves, to first order, when the documents' weights do.

use crate::confusion_matrix::{Hard, Soft, Vote};
use crate::estimate::Estimator;
use crate::estimate::label_shift::LabelShift;
use crate::estimate::likelihood::{self, LikelihoodRatios};
use crate::estimate::problem::{Calibrations, DocumentWeights, Problem};
use crate::math;
use crate::matrix::{Cholesky, Matrix, SingularValues};
use crate::mixture::Mixture;

/// The linear part of an estimator at its estimate.
#[derive(Debug)]
pub(super) enum Influence {
    /// Of the maximum of the likelihood.
    Likelihood(LikelihoodInfluence),
    /// Of an inverted confusion matrix, or of the mean probabilities.
    Linear(LinearInfluence),
}

impl Influence {
    pub(super) fn of(analysis: &LabelShift) -> Self {
        match analysis.options.estimator {
            Estimator::Em => Self::Likelihood(LikelihoodInfluence::of(analysis)),
            estimator => Self::Linear(LinearInfluence::of(analysis, estimator)),
        }
    }

    /// The estimate under other weights, and the same to first order, without bounds.
    pub(super) fn estimate(
        &self,
        problem: &Problem,
        calibrations: &Calibrations,
        weights: &DocumentWeights,
        start: &[f64],
    ) -> (Mixture, Vec<f64>) {
        match self {
            Self::Likelihood(influence) => {
                let ratios = problem.ratios(calibrations, weights);
                let fit = likelihood::maximize(&ratios, Some(start));
                let mixture = Mixture::from_weights(&fit.shares)
                    .expect("a solver on the simplex returns shares");
                (mixture, influence.unbounded(&ratios))
            }
            Self::Linear(influence) => {
                let estimate = problem
                    .estimate(influence.estimator, calibrations, weights, Some(start))
                    .expect("resampling within classes keeps every class");
                (estimate.mixture, influence.unbounded(problem, calibrations, weights))
            }
        }
    }
}

/// The maximum of the likelihood moves by the inverse curvature times the gradient.
#[derive(Debug)]
pub(super) struct LikelihoodInfluence {
    pub(super) ratios: LikelihoodRatios,
    pub(super) shares: Vec<f64>,
    pub(super) mean_log_likelihood: f64,
    pub(super) gradient: Vec<f64>,
    curvature: Matrix,
    /// Row k: how the share k answers to the gradient.
    inverse_curvature: Matrix,
}

impl LikelihoodInfluence {
    fn of(analysis: &LabelShift) -> Self {
        let weights = analysis.problem.unit_weights();
        let ratios = analysis.problem.ratios(&analysis.calibrations, &weights);
        let fit = likelihood::maximize(&ratios, Some(analysis.estimate.mixture.shares()));
        let curvature = ratios.curvature(&fit.shares);
        let factor = Cholesky::of_semidefinite(&curvature);
        let mut inverse_curvature = Matrix::identity(fit.shares.len());
        for class in 0..fit.shares.len() {
            let column = factor.solve(inverse_curvature.row(class));
            inverse_curvature.row_mut(class).copy_from_slice(&column);
        }
        Self {
            ratios,
            mean_log_likelihood: fit.mean_log_likelihood,
            gradient: fit.gradient,
            shares: fit.shares,
            curvature,
            inverse_curvature,
        }
    }

    fn unbounded(&self, resampled: &LikelihoodRatios) -> Vec<f64> {
        let gradient = resampled.gradient(&self.shares);
        let change: Vec<f64> =
            gradient.iter().zip(&self.gradient).map(|(new, old)| new - old).collect();
        let moves = self.inverse_curvature.times(&change);
        self.shares.iter().zip(moves).map(|(share, step)| share + step).collect()
    }

    /// The variance that the likelihood alone gives the share: texts independent, calibration
    /// known exactly.
    pub(super) fn model_variance(&self, class: usize) -> f64 {
        let direction = self.inverse_curvature.row(class);
        let mean = math::dot(direction, &self.gradient);
        let second_moment = math::dot(direction, &self.curvature.times(direction));
        (second_moment - mean * mean).max(0.0) / self.ratios.total_weight()
    }

    /// The ratio of this variance to the model's, at least 1.
    pub(super) fn dispersion(&self, class: usize, variance: f64) -> f64 {
        let ratio = variance / self.model_variance(class);
        if ratio.is_finite() { ratio.max(1.0) } else { 1.0 }
    }
}

/// The solution of `matrix x = means` moves by the inverse matrix times the change of
/// `means - matrix x`.
#[derive(Debug)]
pub(super) struct LinearInfluence {
    estimator: Estimator,
    center: Vec<f64>,
    /// `None` for the identity.
    matrix: Option<SingularValues>,
}

impl LinearInfluence {
    fn of(analysis: &LabelShift, estimator: Estimator) -> Self {
        let pred_from_true = match estimator {
            Estimator::Em | Estimator::Counting => None,
            Estimator::Pacc => Some(analysis.soft_confusion.pred_from_true()),
            Estimator::Acc | Estimator::Seed => Some(analysis.hard_confusion.pred_from_true()),
        };
        let means = match estimator {
            Estimator::Acc => &analysis.hard_shares,
            _ => &analysis.soft_means,
        };
        let matrix = pred_from_true.map(SingularValues::of);
        let center =
            matrix.as_ref().map_or_else(|| means.clone(), |matrix| matrix.least_squares(means));
        Self { estimator, center, matrix }
    }

    /// The unbounded estimate of the data as they are.
    pub(super) fn center(&self, class: usize) -> f64 {
        self.center[class]
    }

    fn unbounded(
        &self,
        problem: &Problem,
        calibrations: &Calibrations,
        weights: &DocumentWeights,
    ) -> Vec<f64> {
        let residual = match self.estimator {
            Estimator::Em | Estimator::Counting => {
                return problem.predicted::<Soft>(calibrations, weights).shares();
            }
            Estimator::Pacc => self.residual::<Soft, Soft>(problem, calibrations, weights),
            Estimator::Acc => self.residual::<Hard, Hard>(problem, calibrations, weights),
            Estimator::Seed => self.residual::<Hard, Soft>(problem, calibrations, weights),
        };
        let Some(matrix) = &self.matrix else { return residual };
        let moves = matrix.least_squares(&residual);
        self.center.iter().zip(moves).map(|(share, step)| share + step).collect()
    }

    /// What the resampled matrix, applied to the centre, leaves of the resampled means.
    fn residual<M: Vote, S: Vote>(
        &self,
        problem: &Problem,
        calibrations: &Calibrations,
        weights: &DocumentWeights,
    ) -> Vec<f64> {
        let confusion = problem
            .confusion::<M>(calibrations, weights)
            .expect("resampling within classes keeps every class");
        let explained = confusion.pred_from_true().times(&self.center);
        let means = problem.predicted::<S>(calibrations, weights).shares();
        means.iter().zip(explained).map(|(mean, part)| mean - part).collect()
    }
}
