//! The whole label-shift analysis: from checked input to an estimate with all that supports it.

use super::estimate::doubt::{self, Doubt};
use super::estimate::problem::{Calibrations, DocumentWeights, Problem};
use super::estimate::{Estimate, Estimator};
use crate::label_shift::calibration::{self, Calibration, CalibrationMethod};
use crate::label_shift::confusion_matrix::{ConfusionMatrix, EmptyClass, Hard, Soft};
use crate::shares::mixture::Mixture;

/// What to do with a problem.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LabelShiftOptions {
    /// The estimator.
    pub estimator: Estimator,
    /// The calibration of the classifier.
    pub calibration: CalibrationMethod,
}

/// An estimate and all that supports it.
#[derive(Debug, Clone)]
pub struct LabelShift {
    /// The problem analysed.
    pub problem: Problem,
    /// How it was analysed.
    pub options: LabelShiftOptions,
    /// The estimate.
    pub estimate: Estimate,
    /// What another consistent estimator says: `pacc` beside `em`, else `em`.
    pub rival: Mixture,
    /// Hard predictions of the validation documents, each calibrated by the other folds.
    pub hard_confusion: ConfusionMatrix<Hard>,
    /// Their probabilities.
    pub soft_confusion: ConfusionMatrix<Soft>,
    /// The mean probabilities of the texts ("p-bar").
    pub soft_means: Vec<f64>,
    /// The shares of their hard predictions.
    pub hard_shares: Vec<f64>,
    /// The mean probabilities that the estimate predicts: the soft matrix times the mixture.
    pub explained_means: Vec<f64>,
    /// How good classifier and calibration are on the validation documents.
    pub validation: ValidationMetrics,
    /// What may be wrong.
    pub doubts: Vec<Doubt>,
    pub(crate) calibrations: Calibrations,
}

/// How good classifier and calibration are on documents that neither has seen.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidationMetrics {
    /// Share of documents predicted right, after calibration.
    pub accuracy: f64,
    /// Mean over categories of F1, after calibration.
    pub macro_f1: f64,
    /// Mean negative log-likelihood in nats, of the classifier's probabilities as they came.
    pub nll_before: f64,
    /// The same after calibration by the other folds.
    pub nll_after: f64,
    /// Expected calibration error in 15 bins, of the probabilities as they came.
    pub ece_before: f64,
    /// The same after calibration by the other folds.
    pub ece_after: f64,
    /// Documents per category.
    pub n_docs: Vec<usize>,
}

/// The gradient per document at which the calibration of the estimate stops.
const CALIBRATION_TOLERANCE: f64 = 1e-9;

/// The analysis of a problem.
///
/// Time: for K = 87 categories, 17,000 validation documents and 1,000 texts about a second.
pub fn analyze(problem: Problem, options: LabelShiftOptions) -> LabelShift {
    let weights = problem.unit_weights();
    let calibrations =
        problem.calibrate(&weights, options.calibration, CALIBRATION_TOLERANCE, true, None);
    let estimate_by = |estimator| {
        let estimate = problem.estimate(estimator, &calibrations, &weights, None);
        documented(estimate)
    };
    let estimate = estimate_by(options.estimator);
    let rival = estimate_by(options.estimator.rival()).mixture;
    let hard_confusion = documented(problem.confusion(&calibrations, &weights));
    let soft_confusion: ConfusionMatrix<Soft> =
        documented(problem.confusion(&calibrations, &weights));
    let explained_means = soft_confusion.pred_from_true().times(estimate.mixture.shares());
    let validation = metrics(&problem, &calibrations, &weights, &hard_confusion);
    let mut analysis = LabelShift {
        soft_means: problem.predicted::<Soft>(&calibrations, &weights).shares(),
        hard_shares: problem.predicted::<Hard>(&calibrations, &weights).shares(),
        problem,
        options,
        estimate,
        rival,
        hard_confusion,
        soft_confusion,
        explained_means,
        validation,
        doubts: Vec::new(),
        calibrations,
    };
    analysis.doubts = [analysis.doubts_of_solvers(), analysis.doubts_of_samples()].concat();
    analysis
}

/// A problem's own documents always cover all classes: [`Problem::new`] refuses others.
fn documented<T>(result: Result<T, EmptyClass>) -> T {
    result.expect("every class of a problem has a validation document")
}

fn metrics(
    problem: &Problem,
    calibrations: &Calibrations,
    weights: &DocumentWeights,
    confusion: &ConfusionMatrix<Hard>,
) -> ValidationMetrics {
    let documents = problem.weighted(&weights.validation);
    let identity = Calibration::identity(problem.taxonomy().len());
    let held_out = |doc: usize| problem.calibration_of(doc, calibrations);
    let mut n_docs = vec![0; problem.taxonomy().len()];
    for &class in documents.classes {
        n_docs[class] += 1;
    }
    ValidationMetrics {
        accuracy: confusion.accuracy(),
        macro_f1: confusion.macro_f1(),
        nll_before: calibration::negative_log_likelihood(&documents, |_| &identity),
        nll_after: calibration::negative_log_likelihood(&documents, held_out),
        ece_before: calibration::expected_calibration_error(&documents, |_| &identity),
        ece_after: calibration::expected_calibration_error(&documents, held_out),
        n_docs,
    }
}

impl LabelShift {
    /// The calibration of the texts, fitted to all validation documents.
    pub fn calibration(&self) -> &Calibration {
        &self.calibrations.all.calibration
    }

    /// How many independent groups of texts there are: prompts where known, else texts.
    pub fn n_prompts(&self) -> usize {
        let generations = self.problem.generations();
        generations.prompts.as_ref().map_or(generations.scores.n_docs(), |prompts| {
            let mut distinct = prompts.clone();
            distinct.sort_unstable();
            distinct.dedup();
            distinct.len()
        })
    }

    fn doubts_of_solvers(&self) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        let Estimate { estimator, certificate, iterations, termination, .. } = self.estimate;
        if !termination.is_success() {
            doubts.push(Doubt::NotConverged { estimator, certificate, iterations });
        }
        if !estimator.is_consistent() {
            doubts.push(Doubt::InconsistentEstimator { estimator });
        }
        let fits = || std::iter::once(&self.calibrations.all).chain(&self.calibrations.held_out);
        let worst = fits()
            .filter(|fit| !fit.termination.is_success())
            .map(|fit| fit.gradient_norm)
            .max_by(f64::total_cmp);
        if let Some(gradient_norm) = worst {
            doubts.push(Doubt::CalibrationNotConverged { gradient_norm });
        }
        let slope = self.calibration().slope;
        if !(slope > 0.0) {
            doubts.push(Doubt::ScoresUninformative { slope });
        }
        doubts
    }

    fn doubts_of_samples(&self) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        let names = self.problem.taxonomy().names();
        for (category, &n_docs) in names.iter().zip(&self.validation.n_docs) {
            if n_docs < doubt::FEW_VALIDATION_DOCUMENTS {
                let category = category.clone();
                doubts.push(Doubt::FewValidationDocuments { category, n_docs });
            }
        }
        let n_texts = self.problem.generations().scores.n_docs();
        if n_texts < doubt::FEW_GENERATIONS {
            doubts.push(Doubt::FewGenerations { n_texts });
        }
        let n_prompts = self.n_prompts();
        if self.problem.generations().prompts.is_some() && n_prompts < doubt::FEW_PROMPTS {
            doubts.push(Doubt::FewPrompts { n_prompts });
        }
        let n_values = self.problem.validation().scores.n_floored()
            + self.problem.generations().scores.n_floored();
        if n_values > 0 {
            doubts.push(Doubt::FlooredProbabilities { n_values });
        }
        doubts
    }
}
