//! What can be typed after `audit`.

use std::path::PathBuf;

use clap::Args;
use data_anatomy_core::label_shift::reestimate::Choices;

use super::evaluate::ViewArgs;
use super::lm::AuthorArgs;
use super::threads::threads;
use super::unit::UnitKind;
use crate::audit::{OUTPUT_FOLDER, RUN_NAME, Settings};
use crate::references::settings::{DocumentSettings, MAX_PER_CLASS};

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// The model, or the server, which must be of a base model.
    #[command(flatten)]
    pub author: AuthorArgs,
    /// With --endpoint: folder that holds the model's tokenizer.json; without it openings are not asked for.
    #[arg(long, value_name = "DIR", requires = "endpoint")]
    pub tokenizer: Option<PathBuf>,
    /// Folder of reference documents: one CATEGORY.jsonl per category, one {"text": …} per line, each whole.
    #[arg(long, value_name = "DIR")]
    pub local_samples_dir: PathBuf,
    /// Folder of documents of the same categories that the model was certainly not trained on: asks for members, too.
    #[arg(long, value_name = "DIR")]
    pub nonmembers: Option<PathBuf>,
    /// A published mixture to score against: a spec file, or the name of a bundled one.
    #[arg(long, value_name = "SPEC")]
    pub ground_truth: Option<String>,
    /// How many texts the model writes. [default: 400]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub num_prompts: usize,
    /// Throw away what an earlier audit of this name made with other settings.
    #[arg(long)]
    pub force: bool,
    /// Count CommonCrawl and C4 as one category, Web.
    #[arg(long)]
    pub merge_web: bool,
    /// Use at most so many documents of each category.
    #[arg(long, value_name = "N", default_value_t = MAX_PER_CLASS)]
    pub max_per_class: usize,
    /// How long whole documents are: {"CATEGORY": {"n": …, "mean": …, "sd": …}, …} in tokens, or a manifest of
    /// `sample`. [default: manifest.json beside the samples, else the samples themselves]
    #[arg(long, value_name = "FILE")]
    pub document_lengths: Option<PathBuf>,
    /// How the results are seen beside a ground truth, and the unit of the shares.
    #[command(flatten)]
    pub view: ViewArgs,
    /// Seed of every random choice.
    #[arg(long, value_name = "SEED", default_value_t = Choices::default().seed)]
    pub seed: u64,
    /// Threads to use (0: all cores).
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = threads)]
    pub n_jobs: usize,
    /// Write no plots.
    #[arg(long)]
    pub no_plots: bool,
    /// Folder in which the audit's folder is made.
    #[arg(long, value_name = "DIR", default_value = OUTPUT_FOLDER)]
    pub output_dir: PathBuf,
    /// Name of the audit and of its folder.
    #[arg(long, value_name = "NAME", default_value = RUN_NAME)]
    pub run_name: String,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

impl AuditArgs {
    /// What is meant, checked.
    ///
    /// # Errors
    /// If a value is out of its range, or nobody is named who would answer.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let usual = Settings::new(&self.local_samples_dir, self.author.choice());
        let settings = Settings {
            documents: DocumentSettings {
                merge_web: self.merge_web,
                max_per_class: self.max_per_class,
                lengths: self.document_lengths.clone(),
                ..usual.documents
            },
            tokenizer: self.tokenizer.clone(),
            nonmembers: self.nonmembers.clone(),
            n_texts: self.num_prompts,
            unit: self.view.unit.unwrap_or(UnitKind::Tokens).into(),
            seed: self.seed,
            force: self.force,
            folder: self.output_dir.clone(),
            run_name: self.run_name.clone(),
            plots: !self.no_plots,
            n_threads: self.n_jobs,
            ..usual
        };
        settings.check()?;
        Ok(settings)
    }
}
