//! How a classifier comes about: the kinds there are, with their settings.

use std::path::Path;

use anyhow::Result;
use data_anatomy_job::progress::Progress;
use serde_json::{Map, Value};

use crate::tfidf::{self, Corpus, TfidfClassifier, TrainingSet};
use crate::{Classifier, TrainingDocuments, shown};
#[cfg(feature = "burn")]
use crate::{embedding, encoder};

/// A kind of classifier and how it is trained.
#[derive(Debug, Clone)]
pub enum Recipe {
    /// Word and character n-grams with logistic regression.
    Tfidf(tfidf::Options),
    /// A fine-tuned encoder.
    #[cfg(feature = "burn")]
    Encoder(encoder::Options),
    /// A frozen encoder with logistic regression.
    #[cfg(feature = "burn")]
    Embedding(embedding::Options),
}

impl Recipe {
    /// The name by which the command line and result files call this kind of classifier.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Tfidf(_) => tfidf::NAME,
            #[cfg(feature = "burn")]
            Self::Encoder(_) => encoder::NAME,
            #[cfg(feature = "burn")]
            Self::Embedding(_) => embedding::NAME,
        }
    }

    /// Whether training takes seconds and not minutes: no encoder is fine-tuned.
    pub fn is_quick(&self) -> bool {
        match self {
            #[cfg(feature = "burn")]
            Self::Encoder(_) => false,
            _ => true,
        }
    }

    /// The settings that the command line can change, by the names of their flags, for the record.
    pub fn settings(&self) -> Map<String, Value> {
        let settings = match self {
            Self::Tfidf(_) => Value::Null,
            #[cfg(feature = "burn")]
            Self::Encoder(options) => options.record(),
            #[cfg(feature = "burn")]
            Self::Embedding(options) => options.record(),
        };
        settings.as_object().cloned().unwrap_or_default()
    }

    /// The same settings as they are unless something is said, for this kind of classifier.
    pub fn usual_settings(&self) -> Map<String, Value> {
        let settings = match self {
            Self::Tfidf(_) => Value::Null,
            #[cfg(feature = "burn")]
            Self::Encoder(options) => options.usual_record(),
            #[cfg(feature = "burn")]
            Self::Embedding(options) => options.usual_record(),
        };
        settings.as_object().cloned().unwrap_or_default()
    }

    /// The classifier that is trained on these documents.
    ///
    /// # Errors
    /// If there is too little to train on, a setting is out of its range, or what it starts from is
    /// missing.
    pub fn train(
        &self,
        documents: TrainingDocuments<'_>,
        progress: &Progress,
    ) -> Result<Box<dyn Classifier>> {
        match self {
            Self::Tfidf(options) => {
                let TrainingDocuments { texts, sources, classes, categories } = documents;
                let shown = shown(progress);
                let corpus = Corpus::analyze(texts, &shown);
                let rows: Vec<usize> = (0..texts.len()).collect();
                let training = TrainingSet { corpus: &corpus, rows: &rows, classes, categories };
                let mut classifier = TfidfClassifier::fit(training, options, &shown)?;
                classifier.remember(sources);
                Ok(Box::new(classifier))
            }
            #[cfg(feature = "burn")]
            Self::Encoder(options) => {
                Ok(Box::new(encoder::EncoderClassifier::fit(documents, options, progress)?))
            }
            #[cfg(feature = "burn")]
            Self::Embedding(options) => {
                Ok(Box::new(embedding::EmbeddingClassifier::fit(documents, options, progress)?))
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
            #[cfg(feature = "burn")]
            Self::Encoder(options) => Ok(Box::new(encoder::load(path, &options.device)?)),
            #[cfg(feature = "burn")]
            Self::Embedding(options) => Ok(Box::new(embedding::load(path, &options.device)?)),
        }
    }
}
