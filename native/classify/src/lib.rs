//! Classifiers: documents in, log-probabilities of categories out.
//!
//! A [`Recipe`] says how a classifier is made and loads one that it made before; what the rest of the
//! program needs of a trained one is the trait [`Classifier`]. Nobody outside this folder knows which
//! kind it is.

use std::path::Path;

#[cfg(feature = "burn")]
use anyhow::Context as _;
use anyhow::Result;
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_core::shares::taxonomy::Taxonomy;
#[cfg(feature = "burn")]
use data_anatomy_corpus::fingerprint::fingerprint;
use data_anatomy_job::progress;
#[cfg(feature = "burn")]
use rayon::prelude::*;

#[cfg(feature = "burn")]
pub mod embedding;
#[cfg(feature = "burn")]
pub mod encoder;
pub mod encoder_defaults;
mod logistic;
mod recipe;
pub mod tfidf;

pub use recipe::Recipe;

/// Called as work proceeds, with the stage's name, the units done and their total.
///
/// It may be called from several threads at once, and seldom enough to draw on every call.
pub type Progress<'a> = dyn Fn(&str, usize, usize) + Sync + 'a;

/// What shows on this display how far work is.
pub fn shown(progress: &progress::Progress) -> impl Fn(&str, usize, usize) + Sync {
    |stage, done, total| {
        // How many steps a fit takes is not known before its last.
        progress.at(stage, done, (stage != "fit").then_some(total));
    }
}

/// What to train on.
#[derive(Debug, Clone, Copy)]
pub struct TrainingDocuments<'a> {
    /// What is trained on.
    pub texts: &'a [&'a str],
    /// The document that each is a part of, or stands for: such are remembered, and must not measure.
    pub sources: &'a [&'a str],
    /// The class of each, as its position in `categories`.
    pub classes: &'a [usize],
    /// The names of the classes.
    pub categories: &'a Taxonomy,
}

#[cfg(feature = "burn")]
impl TrainingDocuments<'_> {
    /// # Errors
    /// If a class does not exist, or a category has no document.
    fn check(&self) -> Result<()> {
        let mut n_docs = vec![0_usize; self.categories.len()];
        for &class in self.classes {
            let n_classes = n_docs.len();
            let n = n_docs.get_mut(class);
            *n.with_context(|| format!("{n_classes} categories have no class `{class}`"))? += 1;
        }
        if let Some(empty) = n_docs.iter().position(|&n| n == 0) {
            anyhow::bail!("no training document in category `{}`", self.categories.names()[empty]);
        }
        Ok(())
    }

    /// The fingerprints of the sources, ascending, each once.
    fn fingerprints(&self) -> Vec<u64> {
        let mut fingerprints: Vec<u64> =
            self.sources.par_iter().map(|source| fingerprint(source)).collect();
        fingerprints.sort_unstable();
        fingerprints.dedup();
        fingerprints
    }
}

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
