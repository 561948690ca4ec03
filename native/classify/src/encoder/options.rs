//! How an encoder is trained.

use anyhow::ensure;
use data_anatomy_lm::device::DeviceChoice;
use serde_json::{Value, json};

use super::super::encoder_defaults as defaults;
use super::training::Plan;

/// The checkpoint that the seed study starts from.
pub const DEFAULT_MODEL: &str = "distilbert-base-uncased";

/// Where training starts.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// From the weights of a checkpoint: a folder, or an id on the hub.
    Checkpoint(String),
    /// From fresh weights, with the sizes and the tokenizer of a checkpoint.
    LikeCheckpoint(String),
    /// From fresh weights and a tokenizer learnt from the documents.
    Scratch(ScratchSize),
}

/// The size of a fresh encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScratchSize {
    /// Width of the states; a multiple of 64, or one head is used.
    pub hidden: usize,
    /// Layers.
    pub n_layers: usize,
    /// Most tokens that the tokenizer learns.
    pub n_vocab: usize,
}

impl Default for ScratchSize {
    /// A size that a processor trains in minutes.
    fn default() -> Self {
        Self {
            hidden: defaults::HIDDEN_SIZE,
            n_layers: defaults::N_LAYERS,
            n_vocab: defaults::VOCABULARY_SIZE,
        }
    }
}

/// How to train.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Where training starts.
    pub start: Start,
    /// How often each document is seen.
    pub n_epochs: usize,
    /// Documents of a step.
    pub batch_size: usize,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// How much weights shrink, in units of the learning rate; biases and norms do not.
    pub weight_decay: f64,
    /// The share of the steps over which the learning rate rises.
    pub warmup_ratio: f64,
    /// A document's first tokens that are looked at.
    pub max_length: usize,
    /// Seed of fresh weights, of the documents' order and of dropout.
    pub seed: u64,
    /// What to compute on.
    pub device: DeviceChoice,
}

/// The width of a fresh encoder's heads.
pub(super) const HEAD_DIM: usize = 64;

impl Options {
    /// The defaults for this start: those of the seed study for a pretrained checkpoint; more steps at a
    /// higher rate for fresh weights, which know nothing yet.
    pub fn new(start: Start, device: DeviceChoice, seed: u64) -> Self {
        let (n_epochs, batch_size, learning_rate) = match start {
            Start::Checkpoint(_) => (3, 64, 2e-5),
            Start::LikeCheckpoint(_) | Start::Scratch(_) => (10, 32, 1e-3),
        };
        Self {
            start,
            n_epochs,
            batch_size,
            learning_rate,
            weight_decay: defaults::WEIGHT_DECAY,
            warmup_ratio: defaults::WARMUP_RATIO,
            max_length: defaults::MAX_LENGTH,
            seed,
            device,
        }
    }

    /// # Errors
    /// If a setting is out of its range; names its flag.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let positive = [
            ("--hf-epochs", self.n_epochs),
            ("--hf-batch-size", self.batch_size),
            ("--hf-max-length", self.max_length),
        ];
        for (flag, value) in positive {
            ensure!(value > 0, "{flag}: expected 1 or more, found 0");
        }
        let (rate, decay, warmup) = (self.learning_rate, self.weight_decay, self.warmup_ratio);
        ensure!(
            rate > 0.0 && rate.is_finite(),
            "--hf-lr: expected a learning rate above 0, such as 2e-5; found {rate}"
        );
        ensure!(
            decay >= 0.0 && decay.is_finite(),
            "--hf-weight-decay: expected 0 or more, found {decay}"
        );
        ensure!(
            (0.0..=1.0).contains(&warmup),
            "--hf-warmup-ratio: expected a share from 0 to 1, found {warmup}"
        );
        if let Start::Scratch(ScratchSize { hidden, n_layers, .. }) = self.start {
            ensure!(
                hidden > 0 && n_layers > 0,
                "--hf-hidden-size and --hf-layers: expected 1 or more"
            );
            ensure!(
                hidden < HEAD_DIM || hidden.is_multiple_of(HEAD_DIM),
                "--hf-hidden-size: expected a multiple of {HEAD_DIM}, or less than that; found {hidden}"
            );
        }
        Ok(())
    }

    pub(super) fn plan(&self) -> Plan {
        Plan {
            n_epochs: self.n_epochs,
            batch_size: self.batch_size,
            learning_rate: self.learning_rate,
            weight_decay: self.weight_decay,
            warmup_ratio: self.warmup_ratio,
            seed: self.seed,
        }
    }

    /// The settings as they are unless something is said; numbers are those for this way to start.
    pub(crate) fn usual_record(&self) -> Value {
        let start = match &self.start {
            Start::Checkpoint(_) => Start::Checkpoint(DEFAULT_MODEL.to_owned()),
            Start::LikeCheckpoint(_) => Start::LikeCheckpoint(DEFAULT_MODEL.to_owned()),
            Start::Scratch(_) => Start::Scratch(ScratchSize::default()),
        };
        let mut record = Self::new(start, self.device.clone(), self.seed).record();
        record["hf_train_from_scratch"] = false.into();
        record
    }

    /// The settings, for the record.
    pub(crate) fn record(&self) -> Value {
        let (model, size) = match &self.start {
            Start::Checkpoint(model) | Start::LikeCheckpoint(model) => (Some(model), None),
            Start::Scratch(size) => (None, Some(size)),
        };
        json!({
            "hf_model_name": model,
            "hf_train_from_scratch": !matches!(self.start, Start::Checkpoint(_)),
            "hf_hidden_size": size.map(|size| size.hidden),
            "hf_layers": size.map(|size| size.n_layers),
            "hf_vocab_size": size.map(|size| size.n_vocab),
            "hf_epochs": self.n_epochs,
            "hf_batch_size": self.batch_size,
            "hf_lr": self.learning_rate,
            "hf_weight_decay": self.weight_decay,
            "hf_warmup_ratio": self.warmup_ratio,
            "hf_max_length": self.max_length,
        })
    }
}
