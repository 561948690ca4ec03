//! What an encoder computes: its family and sizes, from `config.json` and back to one.

use anyhow::{Context as _, bail, ensure};
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_lm::blueprint;
use data_anatomy_lm::config::Config;
use serde_json::{Map, Value, json};

/// Families of encoders; they differ in names, in their heads and in where dropout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// DistilBERT (Sanh et al. 2019): no token types; its head is a ReLU layer.
    Distilbert,
    /// BERT (Devlin et al. 2019), and MiniLM in its layout; its head is the pooler, a tanh layer.
    Bert,
}

/// The nonlinearity of the feed-forward layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activation {
    Gelu,
    Relu,
}

/// Shares of numbers that training sets to zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct DropoutRates {
    /// After the embeddings and each feed-forward layer; for BERT after attention too.
    pub(super) hidden: f64,
    /// Of attention probabilities.
    pub(super) attention: f64,
    /// Before the last layer.
    pub(super) head: f64,
}

/// An encoder with a head for categories.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Architecture {
    pub(super) family: Family,
    pub(super) n_vocab: usize,
    pub(super) n_positions: usize,
    /// Token types; 0 where the family has none.
    pub(super) n_types: usize,
    pub(super) hidden: usize,
    pub(super) n_layers: usize,
    pub(super) n_heads: usize,
    pub(super) intermediate: usize,
    pub(super) activation: Activation,
    /// What layer norms add to the variance.
    pub(super) epsilon: f64,
    pub(super) dropout: DropoutRates,
    /// Standard deviation of fresh weights.
    pub(super) initializer_range: f64,
}

/// DistilBERT's layer norms do not ask the configuration.
const DISTILBERT_EPSILON: f64 = 1e-12;

impl Architecture {
    /// The encoder that a checkpoint's `config.json` describes.
    ///
    /// # Errors
    /// If its family is not known, or it uses what is not supported.
    pub(super) fn from_config(config: &Config) -> anyhow::Result<Self> {
        let architecture = match config.optional_text("model_type")? {
            Some("distilbert") => Self::distilbert(config)?,
            Some("bert") => Self::bert(config)?,
            other => bail!(config.refuse(
                "model_type",
                format!(
                    "expected distilbert or bert, the encoders that this program knows (MiniLM in \
                     BERT's layout too); found {}",
                    other.map_or("nothing".to_owned(), |name| format!("`{name}`"))
                )
            )),
        };
        config.head_dim(architecture.hidden, architecture.n_heads)?;
        architecture.check_rates()?;
        Ok(architecture)
    }

    fn distilbert(config: &Config) -> anyhow::Result<Self> {
        let dropout = DropoutRates {
            hidden: config.number_or("dropout", 0.1)?,
            attention: config.number_or("attention_dropout", 0.1)?,
            head: config.number_or("seq_classif_dropout", 0.2)?,
        };
        Ok(Self {
            family: Family::Distilbert,
            n_vocab: config.size("vocab_size")?,
            n_positions: config.optional_size("max_position_embeddings")?.unwrap_or(512),
            n_types: 0,
            hidden: config.size("dim")?,
            n_layers: config.n_layers("n_layers")?,
            n_heads: config.size("n_heads")?,
            intermediate: config.size("hidden_dim")?,
            activation: activation(config, "activation")?,
            epsilon: DISTILBERT_EPSILON,
            dropout,
            initializer_range: config.number_or("initializer_range", 0.02)?,
        })
    }

    fn bert(config: &Config) -> anyhow::Result<Self> {
        if let Some(kind) =
            config.optional_text("position_embedding_type")?.filter(|&kind| kind != "absolute")
        {
            bail!(
                config.refuse(
                    "position_embedding_type",
                    format!("expected absolute, found `{kind}`")
                )
            );
        }
        let hidden_rate = config.number_or("hidden_dropout_prob", 0.1)?;
        let dropout = DropoutRates {
            hidden: hidden_rate,
            attention: config.number_or("attention_probs_dropout_prob", 0.1)?,
            head: config.optional_number("classifier_dropout")?.unwrap_or(hidden_rate),
        };
        Ok(Self {
            family: Family::Bert,
            n_vocab: config.size("vocab_size")?,
            n_positions: config.optional_size("max_position_embeddings")?.unwrap_or(512),
            n_types: config.optional_size("type_vocab_size")?.unwrap_or(2),
            hidden: config.size("hidden_size")?,
            n_layers: config.n_layers("num_hidden_layers")?,
            n_heads: config.size("num_attention_heads")?,
            intermediate: config.size("intermediate_size")?,
            activation: activation(config, "hidden_act")?,
            epsilon: config.number_or("layer_norm_eps", 1e-12)?,
            dropout,
            initializer_range: config.number_or("initializer_range", 0.02)?,
        })
    }

    fn check_rates(&self) -> anyhow::Result<()> {
        let DropoutRates { hidden, attention, head } = self.dropout;
        for rate in [hidden, attention, head] {
            ensure!(
                (0.0..1.0).contains(&rate),
                "a dropout rate must be from 0 to below 1: `{rate}`"
            );
        }
        ensure!(
            self.initializer_range > 0.0,
            "initializer_range must be positive: `{}`",
            self.initializer_range
        );
        ensure!(self.epsilon > 0.0, "layer_norm_eps must be positive: `{}`", self.epsilon);
        Ok(())
    }

    /// The width of a head.
    pub(super) fn head_dim(&self) -> usize {
        self.hidden / self.n_heads
    }

    /// The `config.json` that describes it, with a head for these categories or without one, as
    /// `transformers` reads it.
    pub(super) fn to_config(&self, categories: Option<&Taxonomy>) -> Value {
        let mut config = Map::new();
        let part = if categories.is_some() { "ForSequenceClassification" } else { "Model" };
        let family = match self.family {
            Family::Distilbert => json!({
                "architectures": [format!("DistilBert{part}")],
                "model_type": "distilbert",
                "dim": self.hidden,
                "n_layers": self.n_layers,
                "n_heads": self.n_heads,
                "hidden_dim": self.intermediate,
                "activation": self.activation.name(),
                "dropout": self.dropout.hidden,
                "attention_dropout": self.dropout.attention,
                "seq_classif_dropout": self.dropout.head,
                "sinusoidal_pos_embds": false,
            }),
            Family::Bert => json!({
                "architectures": [format!("Bert{part}")],
                "model_type": "bert",
                "hidden_size": self.hidden,
                "num_hidden_layers": self.n_layers,
                "num_attention_heads": self.n_heads,
                "intermediate_size": self.intermediate,
                "hidden_act": self.activation.name(),
                "hidden_dropout_prob": self.dropout.hidden,
                "attention_probs_dropout_prob": self.dropout.attention,
                "classifier_dropout": self.dropout.head,
                "type_vocab_size": self.n_types,
                "layer_norm_eps": self.epsilon,
            }),
        };
        let common = json!({
            "vocab_size": self.n_vocab,
            "max_position_embeddings": self.n_positions,
            "initializer_range": self.initializer_range,
            "pad_token_id": 0,
            "dtype": "float32",
        });
        for part in [family, common, categories.map_or(Value::Null, labels)] {
            if let Value::Object(fields) = part {
                config.extend(fields);
            }
        }
        Value::Object(config)
    }
}

/// The fields that name a head's rows.
fn labels(categories: &Taxonomy) -> Value {
    let numbered = || categories.names().iter().enumerate();
    let id2label: Map<String, Value> =
        numbered().map(|(id, name)| (id.to_string(), json!(name))).collect();
    let label2id: Map<String, Value> =
        numbered().map(|(id, name)| (name.clone(), json!(id))).collect();
    json!({
        "problem_type": "single_label_classification",
        "id2label": id2label,
        "label2id": label2id,
    })
}

/// The categories that a `config.json` gives names to, in the order of its head's rows; none where it
/// names none.
///
/// # Errors
/// If the names are no list of distinct categories.
pub(super) fn categories(config: &Config) -> anyhow::Result<Option<Taxonomy>> {
    let Some(labels) = config.get("id2label").and_then(Value::as_object) else { return Ok(None) };
    let mut names = Vec::with_capacity(labels.len());
    for id in 0..labels.len() {
        let name = labels.get(&id.to_string()).and_then(Value::as_str).ok_or_else(|| {
            config.refuse("id2label", format!("expected a name for each number; {id} has none"))
        })?;
        names.push(name);
    }
    Taxonomy::new(names).map(Some).context("id2label")
}

impl Activation {
    fn name(self) -> &'static str {
        match self {
            Self::Gelu => "gelu",
            Self::Relu => "relu",
        }
    }
}

fn activation(config: &Config, field: &str) -> anyhow::Result<Activation> {
    match config.activation_or(field, blueprint::Activation::Gelu)? {
        blueprint::Activation::Gelu => Ok(Activation::Gelu),
        blueprint::Activation::Relu => Ok(Activation::Relu),
        other => bail!(config.refuse(field, format!("expected gelu or relu, found {other:?}"))),
    }
}
