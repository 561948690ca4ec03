//! Which classifier `labelshift` uses, and how it is trained.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use data_anatomy_classify::{Recipe, encoder_defaults as defaults, tfidf};
use data_anatomy_lm::device::DeviceChoice;

/// Classifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ClassifierKind {
    /// Word and character n-grams with logistic regression.
    Tfidf,
    /// An encoder, fine-tuned on the documents.
    Distilbert,
    /// A frozen encoder's embeddings with logistic regression.
    Embedding,
}

/// Flags of the classifiers that are encoders, as the seed study calls them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Encoders (--classifier distilbert or embedding)")]
pub struct EncoderArgs {
    /// The checkpoint to start from: a folder in Hugging Face layout, or an id on the hub.
    /// [default: distilbert-base-uncased; for embedding sentence-transformers/all-MiniLM-L6-v2]
    #[arg(long, value_name = "MODEL")]
    pub hf_model_name: Option<String>,
    /// Load a fine-tuned encoder from this folder in place of training one; its categories must fit.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["save_classifier", "load_classifier"])]
    pub hf_pretrained_dir: Option<PathBuf>,
    /// Train from fresh weights: of the size and with the tokenizer of --hf-model-name where that is
    /// given, else of a small size with a tokenizer learnt from the documents.
    #[arg(long)]
    pub hf_train_from_scratch: bool,
    /// How often each document is seen. [default: 3; from scratch 10]
    #[arg(long, value_name = "N")]
    pub hf_epochs: Option<usize>,
    /// Documents of a training step. [default: 64; from scratch 32]
    #[arg(long, value_name = "N")]
    pub hf_batch_size: Option<usize>,
    /// The highest learning rate. [default: 2e-5; from scratch 1e-3]
    #[arg(long, value_name = "RATE")]
    pub hf_lr: Option<f64>,
    /// Weight decay, of neither biases nor norms.
    #[arg(long, value_name = "DECAY", default_value_t = defaults::WEIGHT_DECAY)]
    pub hf_weight_decay: f64,
    /// Share of the steps over which the learning rate rises; then it falls to 0.
    #[arg(long, value_name = "SHARE", default_value_t = defaults::WARMUP_RATIO)]
    pub hf_warmup_ratio: f64,
    /// Tokens of a document that are looked at.
    #[arg(long, value_name = "N", default_value_t = defaults::MAX_LENGTH)]
    pub hf_max_length: usize,
    /// From scratch: width of the encoder.
    #[arg(long, value_name = "N", default_value_t = defaults::HIDDEN_SIZE)]
    pub hf_hidden_size: usize,
    /// From scratch: layers of the encoder.
    #[arg(long, value_name = "N", default_value_t = defaults::N_LAYERS)]
    pub hf_layers: usize,
    /// From scratch: most tokens that the tokenizer learns.
    #[arg(long, value_name = "N", default_value_t = defaults::VOCABULARY_SIZE)]
    pub hf_vocab_size: usize,
    /// Accepted for the seed's sake: documents are classified in batches of like length.
    #[arg(long, hide = true)]
    pub predict_batch_size: Option<usize>,
    /// Accepted for the seed's sake: progress is shown unless --quiet.
    #[arg(long, hide = true)]
    pub clf_verbose: bool,
}

impl EncoderArgs {
    /// The recipe of the classifier that is asked for; an encoder is computed on `device`, and `seed` makes its
    /// random choices.
    ///
    /// # Errors
    /// If this program cannot make it, or flags contradict each other.
    pub(super) fn recipe(
        &self,
        kind: ClassifierKind,
        device: &DeviceChoice,
        seed: u64,
    ) -> anyhow::Result<Recipe> {
        anyhow::ensure!(
            kind != ClassifierKind::Tfidf || self.hf_pretrained_dir.is_none(),
            "--hf-pretrained-dir is for --classifier distilbert or embedding; a tfidf classifier is \
             loaded by --load-classifier FILE"
        );
        match kind {
            ClassifierKind::Tfidf => Ok(Recipe::Tfidf(tfidf::Options::default())),
            kind => self.encoder_recipe(kind, device, seed),
        }
    }

    #[cfg(not(feature = "burn"))]
    fn encoder_recipe(
        &self,
        kind: ClassifierKind,
        _: &DeviceChoice,
        _: u64,
    ) -> anyhow::Result<Recipe> {
        let typed = kind.to_possible_value();
        anyhow::bail!(
            "this program was built without encoders: --classifier {} is not in it; use --classifier tfidf, or \
             the program that `cargo install --path native` builds",
            typed.as_ref().map_or("", |value| value.get_name())
        )
    }

    #[cfg(feature = "burn")]
    fn encoder_recipe(
        &self,
        kind: ClassifierKind,
        device: &DeviceChoice,
        seed: u64,
    ) -> anyhow::Result<Recipe> {
        match kind {
            ClassifierKind::Embedding => self.embedding_options(device.clone(), seed),
            _ => Ok(Recipe::Encoder(self.options(device.clone(), seed))),
        }
    }
}

#[cfg(feature = "burn")]
impl EncoderArgs {
    fn options(&self, device: DeviceChoice, seed: u64) -> data_anatomy_classify::encoder::Options {
        use data_anatomy_classify::encoder::{DEFAULT_MODEL, Options, ScratchSize, Start};
        let start = match (&self.hf_model_name, self.hf_train_from_scratch) {
            (Some(model), true) => Start::LikeCheckpoint(model.clone()),
            (None, true) => Start::Scratch(ScratchSize {
                hidden: self.hf_hidden_size,
                n_layers: self.hf_layers,
                n_vocab: self.hf_vocab_size,
            }),
            (model, false) => {
                Start::Checkpoint(model.clone().unwrap_or_else(|| DEFAULT_MODEL.to_owned()))
            }
        };
        let usual = Options::new(start, device, seed);
        Options {
            n_epochs: self.hf_epochs.unwrap_or(usual.n_epochs),
            batch_size: self.hf_batch_size.unwrap_or(usual.batch_size),
            learning_rate: self.hf_lr.unwrap_or(usual.learning_rate),
            weight_decay: self.hf_weight_decay,
            warmup_ratio: self.hf_warmup_ratio,
            max_length: self.hf_max_length,
            ..usual
        }
    }

    fn embedding_options(&self, device: DeviceChoice, seed: u64) -> anyhow::Result<Recipe> {
        use data_anatomy_classify::embedding::{DEFAULT_MODEL, Options};
        anyhow::ensure!(
            !self.hf_train_from_scratch,
            "--classifier embedding trains no encoder: --hf-train-from-scratch is for --classifier \
             distilbert"
        );
        Ok(Recipe::Embedding(Options {
            model: self.hf_model_name.clone().unwrap_or_else(|| DEFAULT_MODEL.to_owned()),
            max_length: self.hf_max_length,
            seed,
            device,
        }))
    }
}
