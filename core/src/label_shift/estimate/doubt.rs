//! What may be wrong with an estimate, as data.

use super::Estimator;
use crate::messages::diagnostic::Diagnostic;

/// One doubt about an estimate, with the facts it rests on.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Doubt {
    /// The solver stopped before its certificate fell below its tolerance.
    NotConverged {
        /// Which estimator.
        estimator: Estimator,
        /// Its certificate when it stopped.
        certificate: f64,
        /// Iterations until then.
        iterations: usize,
    },
    /// The calibration stopped before its gradient vanished.
    CalibrationNotConverged {
        /// The largest gradient component, per document.
        gradient_norm: f64,
    },
    /// The calibrated scores do not rise with the classifier's: it knows nothing, or is inverted.
    ScoresUninformative {
        /// The fitted slope.
        slope: f64,
    },
    /// Too few validation documents to know how a category is predicted.
    FewValidationDocuments {
        /// The category.
        category: String,
        /// How many it has.
        n_docs: usize,
    },
    /// Too few texts.
    FewGenerations {
        /// How many there are.
        n_texts: usize,
    },
    /// Too few prompts: texts of one prompt are not independent.
    FewPrompts {
        /// How many distinct ones there are.
        n_prompts: usize,
    },
    /// The estimator does not converge to the mixture.
    InconsistentEstimator {
        /// Which.
        estimator: Estimator,
    },
    /// Probabilities of 0, or nearly, were raised to the floor.
    FlooredProbabilities {
        /// How many.
        n_values: usize,
    },
}

/// Fewer validation documents of a category than this give a doubt.
pub const FEW_VALIDATION_DOCUMENTS: usize = 20;
/// Fewer texts than this give a doubt: the largest standard error of a share is then .05 or more.
pub const FEW_GENERATIONS: usize = 100;
/// Fewer prompts than this give a doubt: the variance between them is known to a third at best.
pub const FEW_PROMPTS: usize = 20;

impl From<&Doubt> for Diagnostic {
    fn from(doubt: &Doubt) -> Self {
        let code = doubt.code();
        let message = doubt.message();
        match doubt {
            Doubt::FlooredProbabilities { .. } => Self::note(code, message),
            _ => Self::warning(code, message),
        }
    }
}

/// The codes of all doubts.
pub(crate) const CODES: [&str; 8] = [
    "not_converged",
    "calibration_not_converged",
    "scores_uninformative",
    "few_validation_documents",
    "few_generations",
    "few_prompts",
    "inconsistent_estimator",
    "floored_probabilities",
];

impl Doubt {
    /// The kind of doubt, in snake case; stable between versions.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotConverged { .. } => "not_converged",
            Self::CalibrationNotConverged { .. } => "calibration_not_converged",
            Self::ScoresUninformative { .. } => "scores_uninformative",
            Self::FewValidationDocuments { .. } => "few_validation_documents",
            Self::FewGenerations { .. } => "few_generations",
            Self::FewPrompts { .. } => "few_prompts",
            Self::InconsistentEstimator { .. } => "inconsistent_estimator",
            Self::FlooredProbabilities { .. } => "floored_probabilities",
        }
    }

    /// One plain sentence.
    pub fn message(&self) -> String {
        match self {
            Self::NotConverged { estimator, certificate, iterations } => format!(
                "`{estimator}` stopped after {iterations} iterations, still up to {certificate:.1e} from its optimum"
            ),
            Self::CalibrationNotConverged { gradient_norm } => {
                format!("the calibration stopped at a gradient of {gradient_norm:.1e} per document")
            }
            Self::ScoresUninformative { slope } => format!(
                "the classifier's probabilities say nothing, or the opposite, of the true category (calibration slope {slope:.3})"
            ),
            Self::FewValidationDocuments { category, n_docs } => format!(
                "only {n_docs} validation documents of `{category}`; {FEW_VALIDATION_DOCUMENTS} or more are needed"
            ),
            Self::FewGenerations { n_texts } => {
                format!("only {n_texts} generated texts; {FEW_GENERATIONS} or more are needed")
            }
            Self::FewPrompts { n_prompts } => format!(
                "the texts come from only {n_prompts} prompts; {FEW_PROMPTS} or more are needed"
            ),
            Self::InconsistentEstimator { estimator } => format!(
                "`{estimator}` does not converge to the mixture, however many texts there are; it is for comparison"
            ),
            Self::FlooredProbabilities { n_values } => {
                format!("{n_values} probabilities of 0, or below 2e-22, were taken as 2e-22")
            }
        }
    }
}
