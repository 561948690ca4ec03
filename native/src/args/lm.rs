//! What can be typed after `generate` and `score`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use data_anatomy_lm::author::Drawing;
use data_anatomy_lm::author_choice::{AuthorChoice, CONCURRENCY, Server, Who};
use data_anatomy_lm::cpu::Precision;
use data_anatomy_lm::device::DeviceChoice;
use data_anatomy_lm::model::{self, ModelChoice};
use data_anatomy_lm::prompts;

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
    /// Hold weights in 16 bits: half the memory, faster decoding; a token's log-probability moves by some
    /// thousandths.
    #[arg(long, conflicts_with = "int8")]
    pub half: bool,
    /// Hold weights in 8 bits: a quarter of the memory; a token's log-probability moves by some hundredths,
    /// rarely by a tenth.
    #[arg(long)]
    pub int8: bool,
}

impl ModelArgs {
    /// The choice in the model code's terms.
    ///
    /// # Errors
    /// If no model is named.
    pub fn choice(&self) -> anyhow::Result<ModelChoice> {
        let Some(model) = &self.target_model else { anyhow::bail!(model::NONE_NAMED) };
        Ok(ModelChoice {
            model: model.clone(),
            revision: self.hf_revision.clone(),
            device: self.device.clone(),
            precision: self.precision(),
        })
    }

    fn precision(&self) -> Precision {
        match (self.half, self.int8) {
            (true, _) => Precision::Bf16,
            (_, true) => Precision::Int8,
            _ => Precision::F32,
        }
    }
}

/// Who writes texts.
#[derive(Debug, Args)]
pub struct AuthorArgs {
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
    #[arg(long, value_name = "N", default_value_t = CONCURRENCY, requires = "endpoint")]
    pub concurrency: usize,
}

impl AuthorArgs {
    /// Who is named, if anybody is, and how models are computed.
    pub fn choice(&self) -> AuthorChoice {
        AuthorChoice {
            who: self.server().map(Who::Server).or(self.model.target_model.clone().map(Who::Model)),
            revision: self.model.hf_revision.clone(),
            device: self.model.device.clone(),
            precision: self.model.precision(),
        }
    }

    fn server(&self) -> Option<Server> {
        Some(Server {
            url: self.endpoint.clone()?,
            model: self.model_name.clone().unwrap_or_default(),
            key_variable: self.key_variable.clone(),
            concurrency: self.concurrency,
        })
    }
}

/// How texts are drawn.
#[derive(Debug, Args)]
pub struct DrawingArgs {
    /// Most tokens of a text. The first say what kind of document it is; more texts tell more than longer ones.
    /// [default: 128]
    #[arg(long, value_name = "N")]
    pub max_new_tokens: Option<usize>,
    /// What texts begin with: none (the document separator alone: the model's own documents); neutral, or one
    /// kind of neutral ones (instructional, expository, conversational, coding); or a FILE with one
    /// prompt per line. [default: none]
    #[arg(long, visible_aliases = ["prompts-file", "prompts-style"], value_name = "none|neutral|FILE")]
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
    /// Draw from so many of the most probable tokens (0: all). [default: 0]
    #[arg(long, value_name = "K")]
    pub top_k: Option<usize>,
    /// Let the model write so many tokens of another document before each text, and throw them away. Models are
    /// trained on documents one after another; what they write at the very start of their context can be
    /// of another mixture. [default: 64 where texts begin at the separator; 0 after prompts, and with servers]
    #[arg(long, value_name = "N")]
    pub lead_in: Option<usize>,
    /// Texts at a time. [default: 64]
    #[arg(long, visible_alias = "gen-batch-size", value_name = "N")]
    pub batch_size: Option<usize>,
}

impl DrawingArgs {
    /// The way that is asked for: flag by flag, by a preset, or by default.
    ///
    /// # Errors
    /// If a number is out of its range.
    pub fn drawing(&self) -> anyhow::Result<Drawing> {
        let default = match self.preset {
            Some(Preset::Seed) => Drawing { temperature: 0.8, top_p: 0.9, ..Drawing::default() },
            None => Drawing::default(),
        };
        let drawing = Drawing {
            temperature: self.temperature.unwrap_or(default.temperature),
            top_p: self.top_p.unwrap_or(default.top_p),
            top_k: self.top_k.unwrap_or(default.top_k),
            max_new_tokens: self.max_new_tokens.unwrap_or(default.max_new_tokens),
            batch_size: self.batch_size.unwrap_or(default.batch_size),
            lead_in: self.lead_in,
        };
        drawing.check()?;
        Ok(drawing)
    }

    /// The prompts that are asked for, by name or as a file.
    pub fn prompts(&self) -> &str {
        let default = match self.preset {
            Some(Preset::Seed) => prompts::NEUTRAL_NAME,
            None => prompts::NO_PROMPTS,
        };
        self.prompts.as_deref().unwrap_or(default)
    }

    /// The flags that were given.
    pub fn given(&self) -> Vec<&'static str> {
        let flags = [
            ("--max-new-tokens", self.max_new_tokens.is_some()),
            ("--prompts", self.prompts.is_some()),
            ("--preset", self.preset.is_some()),
            ("--temperature", self.temperature.is_some()),
            ("--top-p", self.top_p.is_some()),
            ("--top-k", self.top_k.is_some()),
            ("--lead-in", self.lead_in.is_some()),
            ("--batch-size", self.batch_size.is_some()),
        ];
        flags.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag).collect()
    }
}

/// Arguments of `generate`.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// Who writes.
    #[command(flatten)]
    pub author: AuthorArgs,
    /// How texts are drawn.
    #[command(flatten)]
    pub drawing: DrawingArgs,
    /// How many texts to make.
    #[arg(long, value_name = "N", default_value_t = 400)]
    pub num_prompts: u64,
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
