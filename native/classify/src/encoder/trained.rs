//! The trained classifier.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_corpus::fingerprint::fingerprint;
use data_anatomy_job::failure::guarded;
use data_anatomy_job::progress;
use data_anatomy_lm::config::Config;
use data_anatomy_lm::device::DeviceChoice;
use data_anatomy_lm::hub;
use serde_json::Value;

use super::architecture;
use super::body::{Encoder, FAILED, Take};
use super::folder::{self, RECORD, Record};
use super::options::{Options, Start};
use super::training::{Examples, Trainer};
use super::work;
use crate::logistic::log_softmax;
use crate::{Classifier, Progress, TrainingDocuments};

/// The name by which the command line and result files call this kind of classifier.
pub const NAME: &str = "distilbert";

/// Tokens that are looked at by a classifier that does not say how many.
const DEFAULT_MAX_LENGTH: usize = 256;

/// A trained encoder.
#[derive(Debug)]
pub struct EncoderClassifier {
    pub(super) encoder: Encoder,
    pub(super) categories: Taxonomy,
    /// How it was trained; null where that is not known.
    pub(super) training: Value,
    /// Fingerprints of the documents that were trained on, ascending; none where they are not known.
    pub(super) trained_on: Option<Vec<u64>>,
    /// The mean loss over the last epoch less that of guessing by the categories' frequency, in nats;
    /// none where it is not known.
    pub(super) loss_over_guessing: Option<f64>,
}

impl EncoderClassifier {
    /// The encoder that is fine-tuned on these documents.
    ///
    /// For a seed the same bit for bit on a processor, on any number of threads.
    ///
    /// # Errors
    /// If the checkpoint is not found or malformed, a setting is out of its range, a category has no
    /// document, the loss is no longer finite, or the device fails.
    pub fn fit(
        documents: TrainingDocuments<'_>,
        options: &Options,
        progress: &progress::Progress,
    ) -> anyhow::Result<Self> {
        options.check()?;
        documents.check()?;
        let TrainingDocuments { texts, classes, categories, .. } = documents;
        let mut encoder = start(documents, options, progress)?;
        let sequences = encoder.encode(texts)?;
        let examples = Examples { sequences: &sequences, classes };
        let started = Instant::now();
        let outcome = guarded(FAILED, || {
            let model = encoder.model.clone();
            let device = &encoder.device;
            let seed = Some(options.seed);
            let mut trainer = Trainer::new(model, options.weight_decay, device, seed);
            let outcome = trainer.fit(examples, options.plan(), &|status| {
                let remark = format!("loss {:.3}", status.loss);
                progress.at_with("fine-tune", status.n_done, status.n_total, &remark, 0);
            })?;
            encoder.model = trainer.model;
            Ok(outcome)
        })?;
        progress.say(&format!(
            "fine-tuned: {} steps, loss {:.3} in the last epoch, {:.0} s",
            outcome.n_steps,
            outcome.loss,
            started.elapsed().as_secs_f64()
        ));
        let mut training = options.record();
        training["seed"] = options.seed.into();
        training["n_steps"] = outcome.n_steps.into();
        training["loss"] = outcome.loss.into();
        let loss_over_guessing = outcome.loss - entropy(classes, categories.len());
        training["loss_over_guessing"] = loss_over_guessing.into();
        Ok(Self {
            encoder,
            categories: categories.clone(),
            training,
            trained_on: Some(documents.fingerprints()),
            loss_over_guessing: Some(loss_over_guessing),
        })
    }
}

/// The encoder before training.
fn start(
    documents: TrainingDocuments<'_>,
    options: &Options,
    progress: &progress::Progress,
) -> anyhow::Result<Encoder> {
    let device = work::device(&options.device)?;
    let TrainingDocuments { texts, categories, .. } = documents;
    let Options { max_length, seed, .. } = *options;
    let (model, take) = match &options.start {
        Start::Scratch(size) => {
            progress.say("learning a tokenizer from the training documents");
            return Encoder::scratch(*size, texts, categories, max_length, &device, seed);
        }
        Start::Checkpoint(model) => (model, Take::Weights),
        Start::LikeCheckpoint(model) => (model, Take::Sizes),
    };
    let folder = find(model, progress)?;
    Encoder::open(&folder, categories, take, max_length, &device, seed)
}

/// The folder of the encoder that `--hf-model-name` means.
///
/// # Errors
/// If it is nowhere; says where it was looked for, and what to do.
pub(crate) fn find(
    model: &str,
    progress: &progress::Progress,
) -> anyhow::Result<std::path::PathBuf> {
    hub::resolve(model, None, progress).with_context(|| {
        format!(
            "no encoder `{model}`: it is no folder here, and not to be had from the hub; give \
             --hf-model-name FOLDER of a checkpoint, or --hf-train-from-scratch, or --classifier tfidf, \
             which needs none"
        )
    })
}

/// The loss of who knows the categories' frequency alone, in nats.
fn entropy(classes: &[usize], n_classes: usize) -> f64 {
    let mut counts = vec![0.0; n_classes];
    for &class in classes {
        counts[class] += 1.0;
    }
    let n = classes.len() as f64;
    counts.iter().filter(|&&count| count > 0.0).map(|count| -count / n * libm::log(count / n)).sum()
}

/// A loss that is below that of guessing by no more than this share of a nat has learnt nothing of use.
const NEXT_TO_NOTHING: f64 = 0.05;

impl Classifier for EncoderClassifier {
    fn name(&self) -> &'static str {
        NAME
    }

    fn categories(&self) -> &Taxonomy {
        &self.categories
    }

    fn trained_on(&self, document: &str) -> bool {
        let known = self.trained_on.as_ref();
        known.is_some_and(|known| known.binary_search(&fingerprint(document)).is_ok())
    }

    fn doubts(&self) -> Vec<Diagnostic> {
        let mut doubts = Vec::new();
        if self.trained_on.is_none() {
            let message = "the loaded classifier does not say what it was trained on: if that is among \
                           the reference documents, its errors are underestimated";
            doubts.push(Diagnostic::warning("training_documents_unknown", message));
        }
        if self.loss_over_guessing.is_some_and(|excess| excess > -NEXT_TO_NOTHING) {
            let message = "the classifier learnt next to nothing: train longer (--hf-epochs) or at \
                           another rate (--hf-lr)";
            doubts.push(Diagnostic::warning("classifier_not_trained", message));
        }
        doubts
    }

    fn log_probabilities(
        &self,
        documents: &[&str],
        progress: &Progress<'_>,
    ) -> anyhow::Result<Vec<f64>> {
        let logits = self.encoder.logits(documents, progress)?;
        let mut rows: Vec<f64> = logits.into_iter().map(f64::from).collect();
        for row in rows.chunks_exact_mut(self.categories.len()) {
            log_softmax(row);
        }
        Ok(rows)
    }

    fn save(&self, path: &Path) -> anyhow::Result<()> {
        let record = Record::new(NAME, &self.categories, self.encoder.max_length())
            .with_training(&self.training, self.trained_on.as_deref());
        folder::save(path, &self.encoder, Some(&self.categories), record)
    }
}

/// The encoder classifier in `folder`: saved by this program, or any `…ForSequenceClassification`
/// whose `config.json` names its categories.
///
/// # Errors
/// If a file is missing, damaged or malformed, or another kind of classifier is there.
pub fn load(folder: &Path, device: &DeviceChoice) -> anyhow::Result<EncoderClassifier> {
    let read = || -> anyhow::Result<EncoderClassifier> {
        let record = folder::record(folder)?;
        let categories = match &record {
            Some(record) if record.classifier != NAME => {
                bail!(
                    "it is a classifier of the kind `{0}`: give --classifier {0}",
                    record.classifier
                )
            }
            Some(record) => record.taxonomy()?,
            None => architecture::categories(&Config::open(folder)?)?
                .context("config.json names no categories (id2label)")?,
        };
        let max_length = record.as_ref().map_or(DEFAULT_MAX_LENGTH, |record| record.max_length);
        let device = work::device(device)?;
        let named = architecture::categories(&Config::open(folder)?)?;
        ensure!(
            named.as_ref() == Some(&categories),
            "config.json and {RECORD} name different categories"
        );
        let encoder = Encoder::open(folder, &categories, Take::Classifier, max_length, &device, 0)?;
        let training = record.as_ref().map_or(Value::Null, |record| record.training.clone());
        Ok(EncoderClassifier {
            loss_over_guessing: training["loss_over_guessing"].as_f64(),
            trained_on: record.as_ref().map(Record::trained_on).transpose()?.flatten(),
            training,
            encoder,
            categories,
        })
    };
    read().with_context(|| format!("cannot load the classifier `{}`", folder.display()))
}
