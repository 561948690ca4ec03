//! What can be typed after `openings`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use data_anatomy_core::openings::reestimate::OpeningsChoices;

use super::lm::AuthorArgs;
use super::threads::threads;
use super::unit::UnitKind;
use crate::openings::settings::{
    CONTEXT, LeadInChoice, N_LISTED, OUTPUT_FOLDER, RUN_NAME, SeparatorChoice, Settings,
};
use crate::references::settings::{DocumentSettings, MAX_PER_CLASS};

/// Arguments of `openings`.
#[derive(Debug, Args)]
pub struct OpeningsArgs {
    /// The model, or the server, which must be of a base model.
    #[command(flatten)]
    pub author: AuthorArgs,
    /// With --endpoint: folder that holds the model's tokenizer.json.
    #[arg(long, value_name = "DIR", requires = "endpoint")]
    pub tokenizer: Option<PathBuf>,
    /// With --endpoint: log-probabilities to ask for with each answer (0: none; what is drawn counts).
    #[arg(long, value_name = "N", default_value_t = N_LISTED, requires = "endpoint")]
    pub listed: u32,
    /// Folder of reference documents: one CATEGORY.jsonl per category, one {"text": …} per line, each from its true
    /// beginning on.
    #[arg(long, value_name = "DIR")]
    pub local_samples_dir: PathBuf,
    /// Documents of each category to show the model before it is asked. [default: 25, of a server 200]
    #[arg(long, value_name = "N")]
    pub leads: Option<usize>,
    /// Tokens to show of each, its last ones.
    #[arg(long, value_name = "N", default_value_t = CONTEXT)]
    pub context: usize,
    /// What stands between documents in training: auto (whatever the model is least surprised after), none, a token's
    /// name or number, or characters (\n is a new line).
    #[arg(long, value_name = "auto|none|TEXT|ID", default_value = "auto")]
    pub separator: String,
    /// Whether a document stands before: none is for models whose training hides documents from each other.
    #[arg(long, value_enum, default_value_t = TypedLeadIn::Auto)]
    pub lead_in: TypedLeadIn,
    /// Tokens that are computed at a time. [default: 2,048 on a processor, 16,384 on a GPU]
    #[arg(long, value_name = "N")]
    pub batch_tokens: Option<usize>,
    /// Throw away what an earlier run of this name was made with other settings.
    #[arg(long)]
    pub force: bool,
    /// Count CommonCrawl and C4 as one category, Web.
    #[arg(long)]
    pub merge_web: bool,
    /// Use at most so many documents of each category.
    #[arg(long, value_name = "N", default_value_t = MAX_PER_CLASS)]
    pub max_per_class: usize,
    /// Unit of the shares that are shown: of tokens, as published mixtures are, where the lengths of whole documents
    /// are known, or of documents.
    #[arg(long, value_enum, default_value_t = UnitKind::Tokens)]
    pub unit: UnitKind,
    /// How long whole documents are: {"CATEGORY": {"n": …, "mean": …, "sd": …}, …} in tokens, or a manifest of
    /// `sample`. [default: manifest.json beside the samples, else the samples themselves]
    #[arg(long, value_name = "FILE")]
    pub document_lengths: Option<PathBuf>,
    /// How beginnings become distributions.
    #[command(flatten)]
    pub beginnings: BeginningsArgs,
    /// Count categories as one: A+B=AB. Can be given more than once.
    #[arg(long, value_name = "A+B=AB")]
    pub merge: Vec<String>,
    /// How many replicates the intervals rest on (0: no intervals, no tests).
    #[arg(long, value_name = "N", default_value_t = OpeningsChoices::default().n_boot)]
    pub n_boot: u64,
    /// Level of the intervals.
    #[arg(long, value_name = "LEVEL", default_value_t = OpeningsChoices::default().level)]
    pub level: f64,
    /// Seed of every random choice.
    #[arg(long, value_name = "SEED", default_value_t = OpeningsChoices::default().seed)]
    pub seed: u64,
    /// Threads to use (0: all cores).
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = threads)]
    pub n_jobs: usize,
    /// Write no plots.
    #[arg(long)]
    pub no_plots: bool,
    /// Folder in which the run's folder is made.
    #[arg(long, value_name = "DIR", default_value = OUTPUT_FOLDER)]
    pub output_dir: PathBuf,
    /// Name of the run and of its folder.
    #[arg(long, value_name = "NAME", default_value = RUN_NAME)]
    pub run_name: String,
    /// Print the summary as JSON to stdout.
    #[arg(long)]
    pub json: bool,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

/// How the beginnings of documents become distributions of first tokens; for comparison, the default was measured.
#[derive(Debug, Clone, Copy, Args)]
pub struct BeginningsArgs {
    /// Openings: add so many documents' worth of a category's tokens to its counted beginnings. [default: 0.5]
    #[arg(long, value_name = "DOCUMENTS")]
    pub smoothing: Option<f64>,
    /// Openings: take all that the model expects for beginnings of documents.
    #[arg(long)]
    pub no_nuisances: bool,
    /// Openings: take common and rare beginnings for learned alike.
    #[arg(long)]
    pub no_learning: bool,
}

impl BeginningsArgs {
    /// These choices, but for what is typed.
    pub fn choices(self, own: &OpeningsChoices) -> OpeningsChoices {
        OpeningsChoices {
            smoothing: self.smoothing.unwrap_or(own.smoothing),
            nuisances: own.nuisances && !self.no_nuisances,
            learning: own.learning && !self.no_learning && !self.no_nuisances,
            ..own.clone()
        }
    }
}

/// Whether documents lead in, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TypedLeadIn {
    /// Whatever the model is least surprised after.
    Auto,
    /// They do.
    Documents,
    /// They do not.
    None,
}

impl From<TypedLeadIn> for LeadInChoice {
    fn from(typed: TypedLeadIn) -> Self {
        match typed {
            TypedLeadIn::Auto => Self::Auto,
            TypedLeadIn::Documents => Self::Documents,
            TypedLeadIn::None => Self::None,
        }
    }
}

impl OpeningsArgs {
    /// What is meant, checked.
    ///
    /// # Errors
    /// If a value is out of its range.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let usual = Settings::new(&self.local_samples_dir, self.author.choice());
        let settings = Settings {
            documents: DocumentSettings {
                merge_web: self.merge_web,
                max_per_class: self.max_per_class,
                near_dup: 0.0,
                lengths: self.document_lengths.clone(),
                ..DocumentSettings::new(&self.local_samples_dir)
            },
            author: usual.author,
            tokenizer: self.tokenizer.clone(),
            n_listed: self.listed,
            n_leads: self.leads.unwrap_or(usual.n_leads),
            context: self.context,
            separator: SeparatorChoice::parse(&self.separator),
            lead_in: self.lead_in.into(),
            batch_tokens: self.batch_tokens,
            choices: OpeningsChoices {
                merge: self.merge.clone(),
                unit: self.unit.into(),
                level: self.level,
                n_boot: self.n_boot,
                seed: self.seed,
                ..self.beginnings.choices(&OpeningsChoices::default())
            },
            force: self.force,
            folder: self.output_dir.clone(),
            run_name: self.run_name.clone(),
            plots: !self.no_plots,
            n_threads: self.n_jobs,
        };
        settings.check()?;
        Ok(settings)
    }
}
