//! How a classifier comes about: the kinds there are, with their settings.

use std::path::Path;

use anyhow::Result;

use super::tfidf::{self, Corpus, TfidfClassifier, TrainingSet};
use super::{Classifier, TrainingDocuments, shown};
use crate::progress::Progress;

/// A kind of classifier and how it is trained.
#[derive(Debug, Clone)]
pub enum Recipe {
    /// Word and character n-grams with logistic regression.
    Tfidf(tfidf::Options),
}

impl Recipe {
    /// The classifier that is trained on these documents.
    ///
    /// # Errors
    /// If there is too little to train on, or a setting is out of its range.
    pub fn train(
        &self,
        documents: TrainingDocuments<'_>,
        progress: &Progress,
    ) -> Result<Box<dyn Classifier>> {
        let TrainingDocuments { texts, sources, classes, categories } = documents;
        match self {
            Self::Tfidf(options) => {
                let shown = shown(progress);
                let corpus = Corpus::analyze(texts, &shown);
                let rows: Vec<usize> = (0..texts.len()).collect();
                let training = TrainingSet { corpus: &corpus, rows: &rows, classes, categories };
                let mut classifier = TfidfClassifier::fit(training, options, &shown)?;
                classifier.remember(sources);
                Ok(Box::new(classifier))
            }
        }
    }

    /// The classifier of this kind that was saved at `path`.
    ///
    /// # Errors
    /// If it cannot be read, is damaged, or is of another kind.
    pub fn load(&self, path: &Path) -> Result<Box<dyn Classifier>> {
        match self {
            Self::Tfidf(_) => Ok(Box::new(tfidf::load(path)?)),
        }
    }
}
