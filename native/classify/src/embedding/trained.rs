//! The trained classifier.

use std::path::Path;

use anyhow::{Context as _, ensure};
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_corpus::fingerprint::fingerprint;
use data_anatomy_job::progress;
use data_anatomy_lm::device::DeviceChoice;
use serde_json::{Value, json};

use super::linear::LinearModel;
use crate::encoder::body::{Encoder, Take};
use crate::encoder::folder::{self, Record};
use crate::encoder::{trained, work};
use crate::encoder_defaults;
use crate::logistic::Termination;
use crate::{Classifier, Progress, TrainingDocuments, shown};

/// The name by which the command line and result files call this kind of classifier.
pub const NAME: &str = "embedding";

/// The encoder that is used where none is named: small, and trained to put meaning into mean states.
pub const DEFAULT_MODEL: &str = "sentence-transformers/all-MiniLM-L6-v2";

/// How to train.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The frozen encoder: a folder, or an id on the hub.
    pub model: String,
    /// A document's first tokens that are looked at.
    pub max_length: usize,
    /// Seed of the documents that choose the penalty.
    pub seed: u64,
    /// What to compute on.
    pub device: DeviceChoice,
}

impl Options {
    /// The settings as they are unless something is said.
    pub(crate) fn usual_record(&self) -> Value {
        let max_length = encoder_defaults::MAX_LENGTH;
        Self { model: DEFAULT_MODEL.to_owned(), max_length, ..self.clone() }.record()
    }

    /// The settings, for the record.
    pub(crate) fn record(&self) -> Value {
        json!({ "hf_model_name": self.model, "hf_max_length": self.max_length })
    }
}

/// A frozen encoder with a logistic regression.
#[derive(Debug)]
pub struct EmbeddingClassifier {
    encoder: Encoder,
    linear: LinearModel,
    categories: Taxonomy,
    training: Value,
    /// Fingerprints of the documents that were trained on, ascending.
    trained_on: Vec<u64>,
    converged: bool,
}

impl EmbeddingClassifier {
    /// The regression on these documents' embeddings.
    ///
    /// # Errors
    /// If the encoder is not found or malformed, a category has no document, or the device fails.
    pub fn fit(
        documents: TrainingDocuments<'_>,
        options: &Options,
        progress: &progress::Progress,
    ) -> anyhow::Result<Self> {
        ensure!(options.max_length > 0, "--hf-max-length: expected 1 or more, found 0");
        documents.check()?;
        let TrainingDocuments { texts, classes, categories, .. } = documents;
        let Options { model, max_length, seed, device } = options;
        let device = work::device(device)?;
        let folder = trained::find(model, progress)?;
        let encoder =
            Encoder::open(&folder, categories, Take::Weights, *max_length, &device, *seed)?;
        let shown = shown(progress);
        let embeddings = encoder.embeddings(texts, &shown)?;
        let (linear, convergence) = LinearModel::fit(
            &embeddings,
            encoder.hidden(),
            classes,
            categories.len(),
            *seed,
            &|iteration| shown("fit", iteration, 0),
        );
        let converged = convergence.termination == Termination::Converged;
        let mut training = options.record();
        training["seed"] = (*seed).into();
        training["converged"] = converged.into();
        let trained_on = documents.fingerprints();
        let categories = categories.clone();
        Ok(Self { encoder, linear, categories, training, trained_on, converged })
    }
}

impl Classifier for EmbeddingClassifier {
    fn name(&self) -> &'static str {
        NAME
    }

    fn categories(&self) -> &Taxonomy {
        &self.categories
    }

    fn trained_on(&self, document: &str) -> bool {
        self.trained_on.binary_search(&fingerprint(document)).is_ok()
    }

    fn doubts(&self) -> Vec<Diagnostic> {
        if self.converged {
            return Vec::new();
        }
        let message = "the classifier's training stopped before it converged";
        vec![Diagnostic::warning("classifier_not_converged", message)]
    }

    fn log_probabilities(
        &self,
        documents: &[&str],
        progress: &Progress<'_>,
    ) -> anyhow::Result<Vec<f64>> {
        Ok(self.linear.log_probabilities(&self.encoder.embeddings(documents, progress)?))
    }

    fn save(&self, path: &Path) -> anyhow::Result<()> {
        let record = Record::new(NAME, &self.categories, self.encoder.max_length())
            .with_training(&self.training, Some(&self.trained_on))
            .with_head(serde_json::to_value(&self.linear)?);
        folder::save(path, &self.encoder, None, record)
    }
}

/// The embedding classifier that was saved in `folder`.
///
/// # Errors
/// If a file is missing, damaged or malformed, or another kind of classifier is there.
pub fn load(folder: &Path, device: &DeviceChoice) -> anyhow::Result<EmbeddingClassifier> {
    let read = || -> anyhow::Result<EmbeddingClassifier> {
        let record = folder::record(folder)?.context(
            "it is no saved classifier of this program; an encoder is named by --hf-model-name",
        )?;
        ensure!(
            record.classifier == NAME,
            "it is a classifier of the kind `{0}`: give --classifier {0}",
            record.classifier
        );
        let categories = record.taxonomy()?;
        let device = work::device(device)?;
        let encoder =
            Encoder::open(folder, &categories, Take::Weights, record.max_length, &device, 0)?;
        let head = record.head.clone().context("it has no head")?;
        let linear: LinearModel = serde_json::from_value(head).context("head")?;
        linear.check(encoder.hidden(), categories.len())?;
        let trained_on = record.trained_on()?.context("it has no trained_on")?;
        let converged = record.training["converged"].as_bool().unwrap_or(false);
        let training = record.training;
        Ok(EmbeddingClassifier { encoder, linear, categories, training, trained_on, converged })
    };
    read().with_context(|| format!("cannot load the classifier `{}`", folder.display()))
}
