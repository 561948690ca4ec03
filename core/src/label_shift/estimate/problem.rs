//! A label-shift problem: checked input, and the steps of an estimate under any weights of its
//! documents.

use super::posterior_ratios::posterior_ratios;
use super::{Estimate, Estimator, inversion, mixture_of};
use crate::label_shift::calibration::{
    self, Calibration, CalibrationFit, CalibrationMethod, WeightedDocuments,
};
use crate::label_shift::confusion_matrix::{
    ConfusionMatrix, EmptyClass, Hard, PredictedShares, Soft, Vote, VoteCount,
};
use crate::numeric::log_probabilities::LogProbabilities;
use crate::numeric::mixture_likelihood::{self, LikelihoodFit, LikelihoodRatios};
use crate::shares::taxonomy::Taxonomy;

/// Documents of known class that the classifier was not trained on.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// What the classifier says, `[n_docs, n_classes]`.
    pub scores: LogProbabilities,
    /// The true class of each document, a position in the taxonomy.
    pub classes: Vec<usize>,
    /// The fold of each document; any numbers, two or more different ones. Calibration and
    /// confusion matrix never share a fold.
    pub folds: Vec<u64>,
}

/// Texts whose mixture is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Generations {
    /// What the classifier says, `[n_texts, n_classes]`.
    pub scores: LogProbabilities,
    /// Which prompt each text continues, where known; texts of one prompt are not independent.
    pub prompts: Option<Vec<u64>>,
}

/// Why an input is no label-shift problem.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemError {
    /// A list is not as long as the documents it describes.
    #[error("{found} {what} for {expected} documents")]
    Length {
        /// What the list holds.
        what: &'static str,
        /// How many documents there are.
        expected: usize,
        /// How many entries the list has.
        found: usize,
    },
    /// Rows do not have one entry per category.
    #[error("the {which} have {found} probabilities each, for {expected} categories")]
    Classes {
        /// Validation documents or generations.
        which: &'static str,
        /// How many categories there are.
        expected: usize,
        /// How many probabilities a row has.
        found: usize,
    },
    /// A true class lies outside the taxonomy.
    #[error("validation document {document} has a class beyond the last category: `{class}`")]
    UnknownClass {
        /// Which document, from 1.
        document: usize,
        /// The class found, from 0.
        class: usize,
    },
    /// A category has no validation document.
    #[error("no validation document of category `{category}`")]
    EmptyCategory {
        /// Its name.
        category: String,
    },
    /// There are no texts.
    #[error("no generated texts")]
    NoGenerations,
    /// Calibration and confusion matrix would share documents.
    #[error("all validation documents are in one fold: `{fold}`; calibration needs two or more")]
    OneFold {
        /// The fold's number.
        fold: u64,
    },
}

/// A checked label-shift problem.
///
/// Invariants: all lists match in length; classes lie in the taxonomy and each has a validation
/// document; there is a text; there are two folds or more unless nothing is calibrated.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    taxonomy: Taxonomy,
    validation: Validation,
    generations: Generations,
    /// Fold of each validation document, numbered from 0.
    fold_of: Vec<usize>,
    n_folds: usize,
}

/// How often each document counts: all 1 for the estimate, resampled for a bootstrap replicate.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentWeights {
    /// One per validation document.
    pub validation: Vec<f64>,
    /// One per text.
    pub generations: Vec<f64>,
}

/// The calibrations of a problem: one for the texts, one per fold for its validation documents.
///
/// The documents of a fold are calibrated by what the *other* folds taught, so the confusion
/// matrices and all validation figures come from documents their calibration has not seen
/// (cross-fitting: a split would leave each step half the documents). The texts are calibrated by
/// a fit to all validation documents: the most precise one, and to first order the mean of the
/// folds' fits, so that matrix and texts still see the same map.
#[derive(Debug, Clone)]
pub struct Calibrations {
    /// Fitted to all validation documents.
    pub all: CalibrationFit,
    /// For each fold, fitted to the others; empty where they are not needed.
    pub held_out: Vec<CalibrationFit>,
}

impl Problem {
    /// The checked problem.
    ///
    /// # Errors
    /// If it breaks an invariant of [`Problem`]; `method` decides whether one fold will do.
    pub fn new(
        taxonomy: Taxonomy,
        validation: Validation,
        generations: Generations,
        method: CalibrationMethod,
    ) -> Result<Self, ProblemError> {
        check_shapes(&taxonomy, &validation, &generations)?;
        check_classes(&taxonomy, &validation)?;
        let mut distinct = validation.folds.clone();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < 2 && method != CalibrationMethod::None {
            return Err(ProblemError::OneFold { fold: distinct[0] });
        }
        let position = |fold: &u64| distinct.binary_search(fold).unwrap_or_default();
        let fold_of = validation.folds.iter().map(position).collect();
        Ok(Self { taxonomy, validation, generations, fold_of, n_folds: distinct.len() })
    }

    /// The categories.
    pub fn taxonomy(&self) -> &Taxonomy {
        &self.taxonomy
    }

    /// The documents of known class.
    pub fn validation(&self) -> &Validation {
        &self.validation
    }

    /// The texts.
    pub fn generations(&self) -> &Generations {
        &self.generations
    }

    /// Every document once.
    pub fn unit_weights(&self) -> DocumentWeights {
        DocumentWeights {
            validation: vec![1.0; self.validation.classes.len()],
            generations: vec![1.0; self.generations.scores.n_docs()],
        }
    }

    /// The share of each class in the weighted validation documents: the prior of the calibrated
    /// posteriors, which the likelihood divides by.
    pub fn prior(&self, weights: &DocumentWeights) -> Vec<f64> {
        let mut totals = vec![0.0; self.taxonomy.len()];
        for (&class, weight) in self.validation.classes.iter().zip(&weights.validation) {
            totals[class] += weight;
        }
        let total: f64 = totals.iter().sum();
        totals.into_iter().map(|weight| weight / total).collect()
    }

    /// The calibrations under these weights, to a gradient of `tolerance` per document; the
    /// folds' only if `with_folds`. `near`, those of similar weights, save time.
    pub fn calibrate(
        &self,
        weights: &DocumentWeights,
        method: CalibrationMethod,
        tolerance: f64,
        with_folds: bool,
        near: Option<&Calibrations>,
    ) -> Calibrations {
        let fit = |weights: &[f64], near| {
            calibration::fit(&self.weighted(weights), method, tolerance, near)
        };
        let all = fit(&weights.validation, near.map(|near| &near.all));
        let n_fits = if with_folds { self.n_folds } else { 0 };
        let held_out = (0..n_fits).map(|fold| {
            let outside = |(&weight, &own): (&f64, &usize)| if own == fold { 0.0 } else { weight };
            let others: Vec<f64> =
                weights.validation.iter().zip(&self.fold_of).map(outside).collect();
            let near = near.and_then(|near| near.held_out.get(fold)).unwrap_or(&all);
            fit(&others, Some(near))
        });
        Calibrations { held_out: held_out.collect(), all: all.clone() }
    }

    /// The validation documents with these weights.
    pub fn weighted<'a>(&'a self, weights: &'a [f64]) -> WeightedDocuments<'a> {
        let Validation { scores, classes, .. } = &self.validation;
        WeightedDocuments { scores, classes, weights }
    }

    /// The calibration of a validation document: its fold's.
    pub fn calibration_of<'a>(&self, doc: usize, fitted: &'a Calibrations) -> &'a Calibration {
        &fitted.held_out[self.fold_of[doc]].calibration
    }

    /// The confusion matrix of the validation documents, each calibrated by the other folds.
    ///
    /// # Errors
    /// If a class has no weight.
    pub fn confusion<V: Vote>(
        &self,
        fitted: &Calibrations,
        weights: &DocumentWeights,
    ) -> Result<ConfusionMatrix<V>, EmptyClass> {
        let mut votes = VoteCount::new(self.taxonomy.len());
        let mut posterior = vec![0.0; self.taxonomy.len()];
        for (doc, &weight) in weights.validation.iter().enumerate() {
            if weight > 0.0 {
                let scores = self.validation.scores.row(doc);
                self.calibration_of(doc, fitted).posterior(scores, &mut posterior);
                votes.add(self.validation.classes[doc], &posterior, weight);
            }
        }
        ConfusionMatrix::of(votes)
    }

    /// The predicted shares of the texts.
    pub fn predicted<V: Vote>(
        &self,
        fitted: &Calibrations,
        weights: &DocumentWeights,
    ) -> PredictedShares<V> {
        let mut shares = PredictedShares::new(self.taxonomy.len());
        let mut posterior = vec![0.0; self.taxonomy.len()];
        for (doc, &weight) in weights.generations.iter().enumerate() {
            if weight > 0.0 {
                let scores = self.generations.scores.row(doc);
                fitted.all.calibration.posterior(scores, &mut posterior);
                shares.add(&posterior, weight);
            }
        }
        shares
    }

    /// The likelihood ratios of the texts.
    pub fn ratios(&self, fitted: &Calibrations, weights: &DocumentWeights) -> LikelihoodRatios {
        posterior_ratios(
            &self.generations.scores,
            &fitted.all.calibration,
            &self.prior(weights),
            &weights.generations,
        )
    }

    /// The estimate under these weights; `start`, a similar mixture, saves time.
    ///
    /// # Errors
    /// If a class has no weight.
    pub fn estimate(
        &self,
        estimator: Estimator,
        fitted: &Calibrations,
        weights: &DocumentWeights,
        start: Option<&[f64]>,
    ) -> Result<Estimate, EmptyClass> {
        Ok(match estimator {
            Estimator::Em => maximum_likelihood(&mixture_likelihood::maximize(
                &self.ratios(fitted, weights),
                start,
            )),
            Estimator::Pacc => inversion::pacc(
                &self.confusion::<Soft>(fitted, weights)?,
                &self.predicted(fitted, weights),
                start,
            ),
            Estimator::Acc => inversion::acc(
                &self.confusion::<Hard>(fitted, weights)?,
                &self.predicted(fitted, weights),
                start,
            ),
            Estimator::Counting => inversion::counting(&self.predicted(fitted, weights)),
            Estimator::Seed => {
                inversion::seed(&self.confusion(fitted, weights)?, &self.predicted(fitted, weights))
            }
        })
    }
}

/// The `em` estimate of a maximised likelihood.
pub fn maximum_likelihood(fit: &LikelihoodFit) -> Estimate {
    Estimate {
        mixture: mixture_of(&fit.shares),
        estimator: Estimator::Em,
        certificate: fit.certificate.max(0.0),
        iterations: fit.iterations,
        termination: fit.termination,
    }
}

fn check_shapes(
    taxonomy: &Taxonomy,
    validation: &Validation,
    generations: &Generations,
) -> Result<(), ProblemError> {
    let sides =
        [("validation documents", &validation.scores), ("generated texts", &generations.scores)];
    for (which, scores) in sides {
        if scores.n_docs() > 0 && scores.n_classes() != taxonomy.len() {
            let (expected, found) = (taxonomy.len(), scores.n_classes());
            return Err(ProblemError::Classes { which, expected, found });
        }
    }
    let n_validation = validation.scores.n_docs();
    let n_generations = generations.scores.n_docs();
    let n_prompts = generations.prompts.as_ref().map_or(n_generations, Vec::len);
    let lengths = [
        ("true classes", n_validation, validation.classes.len()),
        ("folds", n_validation, validation.folds.len()),
        ("prompts", n_generations, n_prompts),
    ];
    for (what, expected, found) in lengths {
        if expected != found {
            return Err(ProblemError::Length { what, expected, found });
        }
    }
    if n_generations == 0 { Err(ProblemError::NoGenerations) } else { Ok(()) }
}

fn check_classes(taxonomy: &Taxonomy, validation: &Validation) -> Result<(), ProblemError> {
    let mut seen = vec![false; taxonomy.len()];
    for (index, &class) in validation.classes.iter().enumerate() {
        *seen.get_mut(class).ok_or(ProblemError::UnknownClass { document: index + 1, class })? =
            true;
    }
    match seen.iter().position(|&has_document| !has_document) {
        Some(class) => {
            Err(ProblemError::EmptyCategory { category: taxonomy.names()[class].clone() })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "problem_tests.rs"]
mod tests;
