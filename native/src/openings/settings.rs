//! What a run of openings is made with: plain values, whoever gives them.

use std::path::PathBuf;

use anyhow::ensure;
use data_anatomy_core::openings::reestimate::OpeningsChoices;
use data_anatomy_lm::author_choice::AuthorChoice;

use crate::references::DocumentSettings;
use crate::runs;

/// Documents of each category that lead in, unless it is said how many. With eight times as many, and twice the context,
/// no estimate of a planted model moved by more than .01, a fifth of its error.
pub const N_LEADS: usize = 25;

/// The same where a server is asked, which answers with a token or so after each.
pub const N_LEADS_SERVED: usize = 200;

/// Tokens of each that the model is shown, unless it is said: with half as many estimates moved by up to .02.
pub const CONTEXT: usize = 64;

/// The folder in which a run's folder is made, unless it is said.
pub const OUTPUT_FOLDER: &str = "out";

/// The name of a run, unless it is said.
pub const RUN_NAME: &str = "openings";

/// Log-probabilities that a server is asked for with each answer, unless it is said.
pub const N_LISTED: u32 = 20;

/// Everything that a run of openings depends on.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Reference documents.
    pub documents: DocumentSettings,
    /// Which model, or which server.
    pub author: AuthorChoice,
    /// With a server: the folder of the model's tokenizer.
    pub tokenizer: Option<PathBuf>,
    /// With a server: log-probabilities that are asked for with each answer (0: none; what it draws counts).
    pub n_listed: u32,
    /// Documents of each category that lead in.
    pub n_leads: usize,
    /// Tokens of each that the model is shown.
    pub context: usize,
    /// What stands between documents.
    pub separator: SeparatorChoice,
    /// Whether documents lead in.
    pub lead_in: LeadInChoice,
    /// Tokens that are computed at a time, if it is said.
    pub batch_tokens: Option<usize>,
    /// What is estimated; its seed is that of every random choice of the run.
    pub choices: OpeningsChoices,
    /// Throw away what an earlier run of this name made with other settings.
    pub force: bool,
    /// The folder in which the run's folder is made.
    pub folder: PathBuf,
    /// The name of the run and of its folder.
    pub run_name: String,
    /// Whether plots are drawn.
    pub plots: bool,
    /// Threads to use (0: all cores).
    pub n_threads: usize,
}

/// What stands between documents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SeparatorChoice {
    /// Whatever the model is least surprised after.
    #[default]
    Auto,
    /// Nothing.
    None,
    /// This token.
    Id(u32),
    /// These characters; a special token where they are its name.
    Text(String),
}

impl SeparatorChoice {
    /// The choice that a text means: `auto`, `none`, a token's number, or characters themselves, in which `\n` is a
    /// new line.
    pub fn parse(text: &str) -> Self {
        match text {
            "auto" => Self::Auto,
            "none" => Self::None,
            other => match other.parse() {
                Ok(id) => Self::Id(id),
                Err(_) => Self::Text(other.replace("\\n", "\n")),
            },
        }
    }

    /// The text that [`SeparatorChoice::parse`] reads.
    pub fn text(&self) -> String {
        match self {
            Self::Auto => "auto".to_owned(),
            Self::None => "none".to_owned(),
            Self::Id(id) => id.to_string(),
            Self::Text(text) => text.replace('\n', "\\n"),
        }
    }
}

/// Whether documents lead in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LeadInChoice {
    /// Whatever the model is least surprised after.
    #[default]
    Auto,
    /// They do.
    Documents,
    /// They do not: for models whose training hides documents from each other.
    None,
}

impl LeadInChoice {
    /// The name used in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Documents => "documents",
            Self::None => "none",
        }
    }
}

impl Settings {
    /// The defaults, for the reference documents in this folder and this model or server.
    pub fn new(samples: impl Into<PathBuf>, author: AuthorChoice) -> Self {
        let is_served = author.server().is_some();
        Self {
            documents: DocumentSettings { near_dup: 0.0, ..DocumentSettings::new(samples) },
            author,
            tokenizer: None,
            n_listed: N_LISTED,
            n_leads: if is_served { N_LEADS_SERVED } else { N_LEADS },
            context: CONTEXT,
            separator: SeparatorChoice::Auto,
            lead_in: LeadInChoice::Auto,
            batch_tokens: None,
            choices: OpeningsChoices::default(),
            force: false,
            folder: OUTPUT_FOLDER.into(),
            run_name: RUN_NAME.to_owned(),
            plots: true,
            n_threads: 0,
        }
    }

    /// Refuses what no run can be made with.
    ///
    /// # Errors
    /// If a number is out of its range, a merge malformed, the run's name not that of a folder, or something does not
    /// go with a server.
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.n_leads > 0,
            "--leads: expected one document of each category or more, found 0"
        );
        ensure!(self.context > 0, "--context: expected one token or more, found 0");
        self.choices.study_options()?;
        runs::check_name(&self.run_name)?;
        if self.author.server().is_some() {
            ensure!(
                self.tokenizer.is_some(),
                "--endpoint needs --tokenizer FOLDER: documents begin with tokens of the model's own tokenizer \
                 (tokenizer.json), which a server does not tell"
            );
            ensure!(
                self.separator != SeparatorChoice::Auto,
                "--endpoint needs --separator (such as '<|endoftext|>'): a server is not asked which one fits best"
            );
        }
        Ok(())
    }

    /// The run's folder.
    pub fn run_folder(&self) -> PathBuf {
        self.folder.join(&self.run_name)
    }
}
