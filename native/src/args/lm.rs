//! What can be typed after `generate` and `score`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::lm::cpu::Precision;
use crate::lm::device::DeviceChoice;
use crate::lm::model::ModelChoice;

/// Which model, and how it is computed.
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// The model: a folder in Hugging Face layout, or the name of one on the hub.
    #[arg(long, value_name = "MODEL")]
    pub target_model: Option<String>,
    /// Branch, tag or commit of the model on the hub.
    #[arg(long, value_name = "REVISION")]
    pub hf_revision: Option<String>,
    /// Device to compute on: auto, cpu, wgpu[:N] or cuda[:N]; several share a model's layers (cuda:0,cuda:1).
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    pub device: DeviceChoice,
    /// Hold weights in 16 bits: half the memory, faster decoding.
    #[arg(long, conflicts_with = "int8")]
    pub half: bool,
    /// Hold weights in 8 bits: a quarter of the memory; figures change in the third digit.
    #[arg(long)]
    pub int8: bool,
}

impl ModelArgs {
    /// The choice in the model code's terms.
    ///
    /// # Errors
    /// If no model is named.
    pub fn choice(&self) -> anyhow::Result<ModelChoice> {
        let Some(model) = &self.target_model else {
            anyhow::bail!(
                "no model is named; give --target-model FOLDER or the name of one on the hub"
            )
        };
        let precision = match (self.half, self.int8) {
            (true, _) => Precision::Bf16,
            (_, true) => Precision::Int8,
            _ => Precision::F32,
        };
        Ok(ModelChoice {
            model: model.clone(),
            revision: self.hf_revision.clone(),
            device: self.device.clone(),
            precision,
        })
    }
}

/// Arguments of `generate`.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// The model.
    #[command(flatten)]
    pub model: ModelArgs,
    /// In place of a model: address of an OpenAI-compatible server of completions.
    #[arg(long, value_name = "URL", conflicts_with = "target_model", requires = "model_name")]
    pub endpoint: Option<String>,
    /// Name of the model on the server.
    #[arg(long = "model", id = "model_name", value_name = "NAME", requires = "endpoint")]
    pub model_name: Option<String>,
    /// Environment variable that holds the server's key.
    #[arg(long, value_name = "VARIABLE", requires = "endpoint")]
    pub key_variable: Option<String>,
    /// Requests to the server at a time.
    #[arg(long, value_name = "N", default_value_t = 8, requires = "endpoint")]
    pub concurrency: usize,
    /// How many texts to make.
    #[arg(long, value_name = "N", default_value_t = 400)]
    pub num_prompts: u64,
    /// Most tokens of a text.
    #[arg(long, value_name = "N", default_value_t = 512)]
    pub max_new_tokens: usize,
    /// What texts begin with: none (the document separator alone: the model's own documents), neutral, or
    /// a FILE with one prompt per line. [default: none]
    #[arg(long, visible_alias = "prompts-file", value_name = "none|neutral|FILE")]
    pub prompts: Option<String>,
    /// All settings of the seed study at once: neutral prompts, temperature 0.8, top-p 0.9.
    #[arg(long, value_enum)]
    pub preset: Option<Preset>,
    /// Temperature; 0 always takes the most probable token. [default: 1]
    #[arg(long, visible_alias = "gen-temperature", value_name = "T")]
    pub temperature: Option<f64>,
    /// Draw from the most probable tokens that together have this probability. [default: 1, all]
    #[arg(long, value_name = "P")]
    pub top_p: Option<f64>,
    /// Draw from so many of the most probable tokens (0: all).
    #[arg(long, value_name = "K", default_value_t = 0)]
    pub top_k: usize,
    /// Texts at a time. [default: 64]
    #[arg(long, visible_alias = "gen-batch-size", value_name = "N", default_value_t = 64)]
    pub batch_size: usize,
    /// Seed: text number i depends on it, on i and on its prompt, not on how many there are.
    #[arg(long, value_name = "SEED", default_value_t = 42)]
    pub seed: u64,
    /// The file to write; running the same command again makes what is missing.
    #[arg(long, short, value_name = "FILE", default_value = "generations.jsonl")]
    pub output: PathBuf,
    /// Throw away what is there.
    #[arg(long)]
    pub force: bool,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

/// Named settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// Those of the seed study.
    Seed,
}

/// Arguments of `score`.
#[derive(Debug, Args)]
pub struct ScoreArgs {
    /// The model.
    #[command(flatten)]
    pub model: ModelArgs,
    /// Folder of documents: one CATEGORY.jsonl per category, one {"text": …} per line.
    #[arg(long, value_name = "DIR")]
    pub local_samples_dir: PathBuf,
    /// Count CommonCrawl and C4 as one category, Web.
    #[arg(long)]
    pub merge_web: bool,
    /// Score the first so many tokens of a document, special ones included (0: as many as the model's
    /// context holds).
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub max_tokens: usize,
    /// Tokens that are computed at a time. [default: 2,048 on a processor, 16,384 on a GPU]
    #[arg(long, value_name = "N")]
    pub batch_tokens: Option<usize>,
    /// Folder for the scores; running the same command again makes what is missing.
    #[arg(long, value_name = "DIR", default_value = "scores")]
    pub output_dir: PathBuf,
    /// Throw away what is there.
    #[arg(long)]
    pub force: bool,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}
