//! What the rest of the program needs of a trained classifier.

use std::path::Path;

use anyhow::Result;
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_core::shares::taxonomy::Taxonomy;

use crate::progress::Progress;

/// A trained classifier.
pub trait Classifier: Send + Sync {
    /// The name by which the command line and result files call this kind of classifier.
    fn name(&self) -> &str;

    /// The categories, in the order of the columns of [`Classifier::log_probabilities`].
    fn categories(&self) -> &Taxonomy;

    /// Whether a document equal to this one, but for white space and case, was trained on, whole or in part:
    /// such a document can measure nothing.
    fn trained_on(&self, document: &str) -> bool;

    /// What a reader of its verdicts must know of how it was trained.
    fn doubts(&self) -> Vec<Diagnostic>;

    /// The natural logarithms of the categories' probabilities, row by row; each row's
    /// probabilities sum to 1.
    ///
    /// # Shapes
    /// `[n_docs, n_classes]`, row-major.
    ///
    /// # Errors
    /// If the device that computes them fails.
    fn log_probabilities(&self, documents: &[&str], progress: &Progress<'_>) -> Result<Vec<f64>>;

    /// Writes the classifier to one file or one folder, which appears whole or not at all.
    ///
    /// # Errors
    /// If it cannot be written.
    fn save(&self, path: &Path) -> Result<()>;
}
