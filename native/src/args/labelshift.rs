//! What can be typed after `labelshift`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use data_anatomy_core::label_shift::estimate::Estimator;
use data_anatomy_core::label_shift::reestimate::Choices;

use super::classifier::{ClassifierKind, EncoderArgs};
use super::estimation::{CalibrationKind, EstimatorKind};
use super::lm::{AuthorArgs, DrawingArgs};
use super::reestimate::StudyViewArgs;
use super::sample::WindowKind;
use super::share::share;
use super::threads::threads;
use super::unit::UnitKind;
use crate::labelshift::length_match::LengthMatchKind;
use crate::labelshift::settings::{
    ClassifierSettings, CutSettings, ECHO_PREFIX, EchoSettings, FOLDS_EXPECTED, OUTPUT_FOLDER,
    OutputSettings, RUN_NAME, Settings, SplitSettings, WritingSettings, can_take_turns,
};
use crate::labelshift::sources::SourceKind;
use crate::references::settings::{DocumentSettings, MAX_PER_CLASS, NEAR_DUP};

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
    #[arg(long, value_name = "N", default_value_t = MAX_PER_CLASS)]
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
    #[arg(long, value_enum, default_value_t = EstimatorKind::Em)]
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
    #[arg(long, value_name = "N", default_value_t = Choices::default().n_boot)]
    pub n_boot: u64,
    /// Level of the intervals.
    #[arg(long, value_name = "LEVEL", default_value_t = Choices::default().level)]
    pub level: f64,
    /// Merges and texts of no category.
    #[command(flatten)]
    pub view_of_study: StudyViewArgs,
    /// Seed of every random choice.
    #[arg(long, value_name = "SEED", default_value_t = Choices::default().seed)]
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
    #[arg(long, value_name = "SHARE", default_value_t = NEAR_DUP, value_parser = share)]
    pub near_dup: f64,
    /// Cut documents to the lengths of the generated texts, or not.
    #[arg(long, value_enum, default_value_t = TypedLengthMatch::Generations)]
    pub length_match: TypedLengthMatch,
    /// Which part of a document is kept where it is cut.
    #[arg(long, value_enum, default_value_t = WindowKind::Head)]
    pub window: WindowKind,
}

/// Folds that can take turns, or none.
fn cross_fit(text: &str) -> Result<usize, String> {
    let n_folds = text.parse().ok().filter(|&n_folds| can_take_turns(n_folds));
    n_folds.ok_or_else(|| FOLDS_EXPECTED.to_owned())
}

/// Whether documents are cut, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TypedLengthMatch {
    /// They are read whole.
    None,
    /// To lengths drawn from those of the generated texts.
    Generations,
}

impl From<TypedLengthMatch> for LengthMatchKind {
    fn from(typed: TypedLengthMatch) -> Self {
        match typed {
            TypedLengthMatch::None => Self::None,
            TypedLengthMatch::Generations => Self::Generations,
        }
    }
}

/// Echoes: what the model writes after the first tokens of documents whose category is known.
#[derive(Debug, Args)]
pub struct EchoArgs {
    /// What calibrates and measures the classifier: real documents, echoes (the model's continuations of
    /// documents), both, or auto: real documents.
    #[arg(long, value_enum)]
    pub calibration_source: Option<TypedSource>,
    /// What trains the classifier; auto: real documents, and echoes where there are any.
    #[arg(long, value_enum, default_value_t = TypedSource::Auto)]
    pub training_source: TypedSource,
    /// How many tokens of a document an echo continues.
    #[arg(long, value_name = "N", default_value_t = ECHO_PREFIX)]
    pub echo_prefix: usize,
    /// How many echoes to make at most, spread evenly over categories; each document is continued once. [default:
    /// as many as there are texts]
    #[arg(long, value_name = "N")]
    pub num_echoes: Option<usize>,
}

/// Where labelled texts come from, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TypedSource {
    /// What the rest of the settings makes possible.
    Auto,
    /// Reference documents.
    Real,
    /// The model's continuations of reference documents.
    Echo,
    /// One and the other.
    Both,
}

impl From<TypedSource> for SourceKind {
    fn from(typed: TypedSource) -> Self {
        match typed {
            TypedSource::Auto => Self::Auto,
            TypedSource::Real => Self::Real,
            TypedSource::Echo => Self::Echo,
            TypedSource::Both => Self::Both,
        }
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

impl LabelshiftArgs {
    /// What is meant, checked.
    ///
    /// # Errors
    /// If flags say different things, a value is out of its range, or this program cannot make the classifier.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let settings = Settings {
            documents: self.documents(),
            given_texts: self.use_cached_generations.clone(),
            n_texts: self.num_prompts,
            classifier: self.classifier()?,
            writing: self.writing()?,
            split: SplitSettings {
                cross_fit: self.split.cross_fit,
                val_fraction: self.split.val_fraction,
            },
            cut: CutSettings {
                length_match: self.split.length_match.into(),
                window: self.split.window.into(),
            },
            echoes: self.echoes()?,
            choices: self.choices(),
            output: OutputSettings {
                folder: self.output_dir.clone(),
                run_name: self.run_name.clone(),
                plots: !self.no_plots,
            },
            n_threads: self.n_jobs,
        };
        settings.check()?;
        Ok(settings)
    }

    fn documents(&self) -> DocumentSettings {
        DocumentSettings {
            samples: self.local_samples_dir.clone(),
            validation: self.split.validation_dir.clone(),
            merge_web: self.merge_web,
            max_per_class: self.max_per_class,
            near_dup: self.split.near_dup,
            lengths: self.document_lengths.clone(),
        }
    }

    fn classifier(&self) -> anyhow::Result<ClassifierSettings> {
        let trained = self.load_classifier.as_ref().or(self.encoder.hf_pretrained_dir.as_ref());
        Ok(ClassifierSettings {
            recipe: self.encoder.recipe(self.classifier, &self.author.model.device, self.seed)?,
            trained: trained.cloned(),
            save: self.save_classifier.clone(),
        })
    }

    fn writing(&self) -> anyhow::Result<WritingSettings> {
        Ok(WritingSettings {
            author: self.author.choice(),
            prompts: self.drawing.prompts().to_owned(),
            drawing: self.drawing.drawing()?,
            force: self.force,
        })
    }

    fn echoes(&self) -> anyhow::Result<EchoSettings> {
        Ok(EchoSettings {
            calibration_source: self.calibration_source()?,
            training_source: self.echo.training_source.into(),
            prefix: self.echo.echo_prefix,
            n_echoes: self.echo.num_echoes,
        })
    }

    /// What calibrates, by either of the flags that may say so.
    fn calibration_source(&self) -> anyhow::Result<SourceKind> {
        let named: Option<SourceKind> = self.echo.calibration_source.map(Into::into);
        match (named, self.calibration.source()) {
            (Some(named), Some(other)) if named != other => anyhow::bail!(
                "--calibration {} and --calibration-source {} say different things; give one of them",
                other.name(),
                named.name()
            ),
            (named, other) => Ok(named.or(other).unwrap_or_default()),
        }
    }

    fn choices(&self) -> Choices {
        Choices {
            estimator: if self.naive { Estimator::Counting } else { self.estimator.into() },
            calibration: self.calibration.map().into(),
            merge: self.view_of_study.merge.clone(),
            unit: self.unit.into(),
            unknown: self.view_of_study.unknown,
            unknown_threshold: self.view_of_study.unknown_threshold,
            level: self.level,
            n_boot: self.n_boot,
            seed: self.seed,
        }
    }
}
