//! How the estimate moves, to first order, when the documents' weights do.

use crate::label_shift::analysis::LabelShift;
use crate::label_shift::confusion_matrix::{Hard, Soft, Vote};
use crate::label_shift::estimate::Estimator;
use crate::label_shift::estimate::posterior_ratios::posterior_ratios;
use crate::label_shift::estimate::problem::{Calibrations, DocumentWeights, Problem};
use crate::numeric::math;
use crate::numeric::matrix::{Cholesky, Matrix, SingularValues};
use crate::numeric::mixture_likelihood::{self, LikelihoodRatios};
use crate::shares::mixture::Mixture;

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
                let fit = mixture_likelihood::maximize_roughly(&ratios, Some(start));
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
///
/// All is taken at the estimate smoothed by a fraction of a text per category, made of its
/// validation documents: where no text speaks for a category, the texts' own curvature is 0 and
/// says nothing, while a single text that did would tell a lot.
#[derive(Debug)]
pub(super) struct LikelihoodInfluence {
    pub(super) ratios: LikelihoodRatios,
    pub(super) shares: Vec<f64>,
    pub(super) mean_log_likelihood: f64,
    pub(super) gradient: Vec<f64>,
    smoothed: Smoothed,
    /// Row k: how the share k answers to the gradient.
    inverse_curvature: Matrix,
}

/// The smoothed estimate and the texts' gradient and curvature there.
#[derive(Debug)]
struct Smoothed {
    shares: Vec<f64>,
    gradient: Vec<f64>,
    curvature: Matrix,
    /// The curvature that the smoothing adds.
    added: Matrix,
}

/// Texts added per category: half a text, but three in all at most.
const TEXTS_PER_CATEGORY: f64 = 0.5;
const TEXTS_IN_ALL: f64 = 3.0;

impl LikelihoodInfluence {
    pub(super) fn of(analysis: &LabelShift) -> Self {
        let weights = analysis.problem.unit_weights();
        let ratios = analysis.problem.ratios(&analysis.calibrations, &weights);
        let fit = mixture_likelihood::maximize(&ratios, Some(analysis.estimate.mixture.shares()));
        let smoothed = Smoothed::of(analysis, &ratios, &fit.shares);
        let mut curvature = smoothed.curvature.clone();
        for row in 0..fit.shares.len() {
            for (entry, added) in curvature.row_mut(row).iter_mut().zip(smoothed.added.row(row)) {
                *entry += added;
            }
        }
        let factor = Cholesky::of_semidefinite(&curvature);
        let mut inverse_curvature = Matrix::identity(fit.shares.len());
        for class in 0..fit.shares.len() {
            let column = factor.solve(inverse_curvature.row(class));
            inverse_curvature.row_mut(class).copy_from_slice(&column);
        }
        Self {
            mean_log_likelihood: ratios.mean_log_likelihood(&fit.shares),
            ratios,
            gradient: fit.gradient,
            shares: fit.shares,
            smoothed,
            inverse_curvature,
        }
    }

    fn unbounded(&self, resampled: &LikelihoodRatios) -> Vec<f64> {
        let gradient = resampled.gradient(&self.smoothed.shares);
        let change: Vec<f64> =
            gradient.iter().zip(&self.smoothed.gradient).map(|(new, old)| new - old).collect();
        let moves = self.inverse_curvature.times(&change);
        self.shares.iter().zip(moves).map(|(share, step)| share + step).collect()
    }

    /// The variance that the likelihood alone gives the share: texts independent, calibration
    /// known exactly.
    pub(super) fn model_variance(&self, class: usize) -> f64 {
        let direction = self.inverse_curvature.row(class);
        let mean = math::dot(direction, &self.smoothed.gradient);
        let second_moment = math::dot(direction, &self.smoothed.curvature.times(direction));
        (second_moment - mean * mean).max(0.0) / self.ratios.total_weight()
            + self.added_variance(class)
    }

    /// The variance that the added texts contribute: part of the model's, and no replicate has it.
    fn added_variance(&self, class: usize) -> f64 {
        let direction = self.inverse_curvature.row(class);
        math::dot(direction, &self.smoothed.added.times(direction)) / self.ratios.total_weight()
    }

    /// The ratio of this variance of the replicates to the model's, at least 1.
    pub(super) fn dispersion(&self, class: usize, variance: f64) -> f64 {
        let ratio = (variance + self.added_variance(class)) / self.model_variance(class);
        if ratio.is_finite() { ratio.max(1.0) } else { 1.0 }
    }
}

impl Smoothed {
    fn of(analysis: &LabelShift, ratios: &LikelihoodRatios, shares: &[f64]) -> Self {
        let problem = &analysis.problem;
        #[expect(clippy::cast_precision_loss, reason = "a count of classes")]
        let n_classes = shares.len() as f64;
        let per_class = TEXTS_PER_CATEGORY.min(TEXTS_IN_ALL / n_classes);
        let n_texts = ratios.total_weight();
        let total = n_texts + n_classes * per_class;
        let smoothed: Vec<f64> =
            shares.iter().map(|share| (n_texts * share + per_class) / total).collect();
        let class_totals = analysis.soft_confusion.class_totals();
        let validation = problem.validation();
        let weights: Vec<f64> =
            validation.classes.iter().map(|&class| per_class / class_totals[class]).collect();
        let pseudo_texts = posterior_ratios(
            &validation.scores,
            analysis.calibration(),
            &problem.prior(&problem.unit_weights()),
            &weights,
        );
        let mut added = pseudo_texts.curvature(&smoothed);
        for row in 0..shares.len() {
            added
                .row_mut(row)
                .iter_mut()
                .for_each(|entry| *entry *= n_classes * per_class / n_texts);
        }
        Self {
            gradient: ratios.gradient(&smoothed),
            curvature: ratios.curvature(&smoothed),
            added,
            shares: smoothed,
        }
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
