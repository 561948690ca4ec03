//! What can be typed after `labelshift`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::lm::{AuthorArgs, DrawingArgs};
use super::sample::WindowKind;
use super::{CalibrationKind, ClassifierKind, EncoderArgs, EstimatorKind, StudyViewArgs, UnitKind};

/// Arguments of `labelshift`.
#[derive(Debug, Args)]
pub struct LabelshiftArgs {
    /// Folder of reference documents: one CATEGORY.jsonl per category, one {"text": …} per line.
    #[arg(long, value_name = "DIR")]
    pub local_samples_dir: PathBuf,
    /// Texts that the model wrote before: one {"text": …} per line, `id` and `prompt_id` where known.
    #[arg(long, value_name = "FILE")]
    pub use_cached_generations: Option<PathBuf>,
    /// The model, or the server. With --use-cached-generations it is recorded, and asked for echoes alone.
    #[command(flatten)]
    pub author: AuthorArgs,
    /// How texts are drawn.
    #[command(flatten)]
    pub drawing: DrawingArgs,
    /// How many texts to make [default: 400]; of given texts, how many to use at most [default: all].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub num_prompts: usize,
    /// Throw away texts that an earlier run of this name made with other settings.
    #[arg(long)]
    pub force: bool,
    /// Count CommonCrawl and C4 as one category, Web.
    #[arg(long)]
    pub merge_web: bool,
    /// Use at most so many documents of each category.
    #[arg(long, value_name = "N", default_value_t = 5000)]
    pub max_per_class: usize,
    /// Which documents train and which measure.
    #[command(flatten)]
    pub split: SplitArgs,
    /// Continuations of reference documents by the model.
    #[command(flatten)]
    pub echo: EchoArgs,
    /// Unit of the shares that are shown: of tokens, as published mixtures are, where the lengths of whole
    /// documents are known, or of documents, as texts are drawn.
    #[arg(long, value_enum, default_value_t = UnitKind::Tokens)]
    pub unit: UnitKind,
    /// How long whole documents are: {"CATEGORY": {"n": …, "mean": …, "sd": …}, …} in tokens, or a manifest of
    /// `sample`. [default: manifest.json beside the samples, else the samples themselves]
    #[arg(long, value_name = "FILE")]
    pub document_lengths: Option<PathBuf>,
    /// The classifier.
    #[arg(long, value_enum, default_value_t = ClassifierKind::Tfidf)]
    pub classifier: ClassifierKind,
    /// Load a trained classifier (a file, or the folder of an encoder) in place of training one; its
    /// categories must fit.
    #[arg(long, value_name = "PATH", conflicts_with = "save_classifier")]
    pub load_classifier: Option<PathBuf>,
    /// Save the trained classifier to this file, or folder if it is an encoder.
    #[arg(long, value_name = "PATH")]
    pub save_classifier: Option<PathBuf>,
    /// How encoders are trained.
    #[command(flatten)]
    pub encoder: EncoderArgs,
    /// The estimator.
    #[arg(long, value_enum, default_value_t = EstimatorKind::Auto)]
    pub estimator: EstimatorKind,
    /// How the classifier's probabilities are calibrated: none, temperature or bcts (bias-corrected
    /// temperature scaling); real, echo, both and auto stand for --calibration-source.
    #[arg(long, value_enum, default_value_t = CalibrationChoice::Bcts)]
    pub calibration: CalibrationChoice,
    /// The same as --estimator counting.
    #[arg(long, conflicts_with = "estimator")]
    pub naive: bool,
    /// Intervals by bootstrap: on by default, accepted for the seed's sake.
    #[arg(long)]
    pub bootstrap: bool,
    /// How many bootstrap replicates the intervals rest on (0: no intervals).
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub n_boot: usize,
    /// Level of the intervals.
    #[arg(long, value_name = "LEVEL", default_value_t = 0.95)]
    pub level: f64,
    /// Merges and texts of no category.
    #[command(flatten)]
    pub view_of_study: StudyViewArgs,
    /// Seed of every random choice.
    #[arg(long, value_name = "SEED", default_value_t = 42)]
    pub seed: u64,
    /// Threads to use (0: all cores).
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = super::threads)]
    pub n_jobs: usize,
    /// Write no plots.
    #[arg(long)]
    pub no_plots: bool,
    /// Folder in which the run's folder is made.
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub output_dir: PathBuf,
    /// Name of the run and of its folder.
    #[arg(long, value_name = "NAME", default_value = "labelshift")]
    pub run_name: String,
    /// Print the summary as JSON to stdout.
    #[arg(long)]
    pub json: bool,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

/// Which reference documents train the classifier, which measure it, and what part of each is read.
#[derive(Debug, Args)]
pub struct SplitArgs {
    /// Cross-fitting: so many classifiers, each trained without a part of the documents, which measures it, so
    /// that every document measures and trains; each judges its share of the texts. 0: one classifier and one
    /// split. [default: 5 where a category has fewer than 500 documents, all have 20,000 at most, and no
    /// encoder is fine-tuned]
    #[arg(long, value_name = "FOLDS", value_parser = cross_fit, conflicts_with_all = [
        "val_fraction", "validation_dir", "load_classifier", "hf_pretrained_dir", "save_classifier",
    ])]
    pub cross_fit: Option<usize>,
    /// Share of each category's documents kept from the training of one classifier, to calibrate and to measure
    /// errors. [default: 0.2, with echoes 0.5]
    #[arg(long, value_name = "SHARE")]
    pub val_fraction: Option<f64>,
    /// Folder of documents to calibrate and measure by, in place of a random part of the others.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["val_fraction", "load_classifier", "hf_pretrained_dir"])]
    pub validation_dir: Option<PathBuf>,
    /// Documents whose 5-grams of words overlap by this or more never stand on both sides (0: only equal
    /// ones do not).
    #[arg(long, value_name = "SHARE", default_value_t = 0.8, value_parser = super::share)]
    pub near_dup: f64,
    /// Cut documents to the lengths of the generated texts, or not.
    #[arg(long, value_enum, default_value_t = LengthMatchKind::Generations)]
    pub length_match: LengthMatchKind,
    /// Which part of a document is kept where it is cut.
    #[arg(long, value_enum, default_value_t = WindowKind::Head)]
    pub window: WindowKind,
}

/// Folds that can take turns, or none.
fn cross_fit(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n_folds @ (0 | 2..=100)) => Ok(n_folds),
        _ => Err("expected 0, or 2 to 100".to_owned()),
    }
}

/// Whether documents are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LengthMatchKind {
    /// They are read whole.
    None,
    /// To lengths drawn from those of the generated texts.
    Generations,
}

impl LengthMatchKind {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Generations => "generations",
        }
    }
}

/// Echoes: what the model writes after the first tokens of documents whose category is known.
#[derive(Debug, Args)]
pub struct EchoArgs {
    /// What calibrates and measures the classifier: real documents, echoes (the model's continuations of
    /// documents), both, or auto: real documents.
    #[arg(long, value_enum)]
    pub calibration_source: Option<SourceKind>,
    /// What trains the classifier; auto: real documents, and echoes where there are any.
    #[arg(long, value_enum, default_value_t = SourceKind::Auto)]
    pub training_source: SourceKind,
    /// How many tokens of a document an echo continues.
    #[arg(long, value_name = "N", default_value_t = 16)]
    pub echo_prefix: usize,
    /// How many echoes to make at most, spread evenly over categories; each document is continued once. [default:
    /// as many as there are texts]
    #[arg(long, value_name = "N")]
    pub num_echoes: Option<usize>,
}

/// Where labelled texts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SourceKind {
    /// What the rest of the settings makes possible.
    Auto,
    /// Reference documents.
    Real,
    /// The model's continuations of reference documents.
    Echo,
    /// One and the other.
    Both,
}

impl SourceKind {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Real => "real",
            Self::Echo => "echo",
            Self::Both => "both",
        }
    }

    /// Whether reference documents are among them.
    pub fn has_real(self) -> bool {
        matches!(self, Self::Real | Self::Both)
    }

    /// Whether continuations are among them.
    pub fn has_echoes(self) -> bool {
        matches!(self, Self::Echo | Self::Both)
    }
}

/// What `--calibration` may say: a map, or, as a shorter spelling, what it is fitted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CalibrationChoice {
    /// No map.
    None,
    /// One temperature.
    Temperature,
    /// Bias-corrected temperature scaling.
    Bcts,
    /// The same, fitted to reference documents.
    Real,
    /// The same, fitted to echoes.
    Echo,
    /// The same, fitted to both.
    Both,
    /// The same, fitted to reference documents.
    Auto,
}

impl CalibrationChoice {
    /// The map.
    pub fn map(self) -> CalibrationKind {
        match self {
            Self::None => CalibrationKind::None,
            Self::Temperature => CalibrationKind::Temperature,
            _ => CalibrationKind::Bcts,
        }
    }

    /// The source that it names, if it names one.
    pub fn source(self) -> Option<SourceKind> {
        match self {
            Self::None | Self::Temperature | Self::Bcts => None,
            Self::Real => Some(SourceKind::Real),
            Self::Echo => Some(SourceKind::Echo),
            Self::Both => Some(SourceKind::Both),
            Self::Auto => Some(SourceKind::Auto),
        }
    }
}

/// What trains and what calibrates, decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sources {
    /// What trains.
    pub training: SourceKind,
    /// What calibrates and measures.
    pub calibration: SourceKind,
}

impl Sources {
    /// Whether the model has to write echoes.
    pub fn need_echoes(self) -> bool {
        self.training.has_echoes() || self.calibration.has_echoes()
    }
}

/// Texts that a model is asked for unless the user says how many.
const DEFAULT_TEXTS: usize = 400;

impl LabelshiftArgs {
    /// Whether texts are to be made, and not given.
    pub fn makes_texts(&self) -> bool {
        self.use_cached_generations.is_none()
    }

    /// How many texts are to be made.
    pub fn n_texts(&self) -> usize {
        if self.num_prompts == 0 { DEFAULT_TEXTS } else { self.num_prompts }
    }

    /// What trains and what calibrates.
    ///
    /// # Errors
    /// If two flags say different things, or a loaded classifier is to be trained.
    pub fn sources(&self) -> anyhow::Result<Sources> {
        let by_map = self.calibration.source();
        let asked = match (self.echo.calibration_source, by_map) {
            (Some(named), Some(other)) if named != other => anyhow::bail!(
                "--calibration {} and --calibration-source {} say different things; give one of them",
                other.name(),
                named.name()
            ),
            (named, other) => named.or(other).unwrap_or(SourceKind::Auto),
        };
        let calibration = match asked {
            SourceKind::Auto => SourceKind::Real,
            other => other,
        };
        let training = match self.echo.training_source {
            // A loaded classifier is trained already.
            _ if self.trained_classifier().is_some() => SourceKind::Real,
            SourceKind::Auto if calibration.has_echoes() => SourceKind::Both,
            SourceKind::Auto => SourceKind::Real,
            other => other,
        };
        Ok(Sources { training, calibration })
    }

    /// Whether several classifiers may be trained unasked: none is kept, no split is given, and training one
    /// takes seconds.
    pub fn may_cross_fit(&self) -> bool {
        self.split.val_fraction.is_none()
            && self.split.validation_dir.is_none()
            && self.save_classifier.is_none()
            && self.trained_classifier().is_none()
            && self.classifier != ClassifierKind::Distilbert
    }

    /// The share of documents that measure.
    pub fn val_fraction(&self, sources: Sources) -> f64 {
        let default = if sources.need_echoes() { 0.5 } else { 0.2 };
        self.split.val_fraction.unwrap_or(default)
    }
}
