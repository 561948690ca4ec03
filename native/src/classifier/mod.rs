//! Classifiers: documents in, log-probabilities of categories out.
//!
//! Training differs from one kind of classifier to the next and stands in its own module; what the
//! rest of the program needs of a trained one is the trait [`Classifier`].

use std::path::Path;

use anyhow::Result;
use data_anatomy_core::taxonomy::Taxonomy;

pub mod tfidf;

/// Called as work proceeds, with the stage's name, the units done and their total.
///
/// It may be called from several threads at once, and seldom enough to draw on every call.
pub type Progress<'a> = dyn Fn(&str, usize, usize) + Sync + 'a;

/// A trained classifier.
pub trait Classifier: Send + Sync {
    /// The name by which the command line and result files call this kind of classifier.
    fn name(&self) -> &str;

    /// The categories, in the order of the columns of [`Classifier::log_probabilities`].
    fn categories(&self) -> &Taxonomy;

    /// The natural logarithms of the categories' probabilities, row by row; each row's
    /// probabilities sum to 1.
    ///
    /// # Shapes
    /// `[n_docs, n_classes]`, row-major.
    ///
    /// # Errors
    /// If the device that computes them fails.
    fn log_probabilities(&self, documents: &[&str], progress: &Progress<'_>) -> Result<Vec<f64>>;

    /// Writes the classifier to one file, which appears whole or not at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    fn save(&self, path: &Path) -> Result<()>;
}
