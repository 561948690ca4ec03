//! What a run of label shift is made with: plain values, whoever gives them.
//!
//! Defaults are those of the command line. Messages name its flags, since most users meet them there.

use std::path::PathBuf;

use data_anatomy_classify::{Recipe, tfidf};
use data_anatomy_core::label_shift::reestimate::Choices;
use data_anatomy_corpus::sample::window::WindowKind;
use data_anatomy_lm::author::Drawing;
use data_anatomy_lm::author_choice::AuthorChoice;
use data_anatomy_lm::prompts::NO_PROMPTS;

use super::length_match::LengthMatchKind;
use super::sources::{SourceKind, Sources};
use super::split_plan::SplitPlan;
use crate::references::settings::DocumentSettings;
use crate::runs;

/// Texts that a model is asked for unless it is said how many.
pub const N_TEXTS: usize = 400;

/// Tokens of a document that an echo continues, unless it is said how many.
pub const ECHO_PREFIX: usize = 16;

/// The folder in which a run's folder is made, unless it is said.
pub const OUTPUT_FOLDER: &str = "out";

/// The name of a run, unless it is said.
pub const RUN_NAME: &str = "labelshift";

/// The share of documents that measure unless it is said; many echoes are needed to measure by them.
const VAL_FRACTION: f64 = 0.2;
const VAL_FRACTION_WITH_ECHOES: f64 = 0.5;

/// The most folds that can take turns.
const MAX_FOLDS: usize = 100;

/// Everything that a run of label shift depends on.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Reference documents: which are read, and what is known of them.
    pub documents: DocumentSettings,
    /// A file of texts that the model wrote before, one `{"text": …}` per line, `id` and `prompt_id` where
    /// known; without one the model writes them for this run.
    pub given_texts: Option<PathBuf>,
    /// How many texts the model writes (0: [`N_TEXTS`]); of given texts, how many are used at most (0: all).
    pub n_texts: usize,
    /// Who writes texts and echoes, and how.
    pub writing: WritingSettings,
    /// Which documents train and which measure.
    pub split: SplitSettings,
    /// Whether, and to what, documents are cut.
    pub cut: CutSettings,
    /// Continuations of reference documents by the model.
    pub echoes: EchoSettings,
    /// The classifier.
    pub classifier: ClassifierSettings,
    /// What is estimated. Its seed is that of every random choice of the run but those of an encoder, whose
    /// recipe has its own.
    pub choices: Choices,
    /// Where results go.
    pub output: OutputSettings,
    /// Threads to use (0: all cores).
    pub n_threads: usize,
}

/// Who writes texts and echoes, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct WritingSettings {
    /// The model, or the server. Where texts are given it is recorded, and asked for echoes alone.
    pub author: AuthorChoice,
    /// What texts begin with: `none`, `neutral`, a kind of neutral prompts, or a file with one per line.
    pub prompts: String,
    /// How tokens are drawn.
    pub drawing: Drawing,
    /// Throw away texts that an earlier run of this name made with other settings.
    pub force: bool,
}

/// Which documents train and which measure.
///
/// A classifier that was trained before is measured by the documents that did not train it. Otherwise those of
/// [`DocumentSettings::validation`] measure where there are any, else what is said here.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SplitSettings {
    /// So many folds take turns: each measures a classifier that the others train (0: one classifier and one
    /// split). If it is not said, 5 where documents are few and training takes seconds.
    pub cross_fit: Option<usize>,
    /// Share of each category's documents that measure one classifier, between 0 and 1; if it is not said 0.2,
    /// with echoes 0.5.
    pub val_fraction: Option<f64>,
}

/// Whether, and to what, documents are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutSettings {
    /// To what length.
    pub length_match: LengthMatchKind,
    /// Which part of a document is kept where it is cut.
    pub window: WindowKind,
}

/// Echoes: what the model writes after the first tokens of documents whose category is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EchoSettings {
    /// What calibrates and measures the classifier; documents unless it is said.
    pub calibration_source: SourceKind,
    /// What trains the classifier; documents unless it is said, and echoes where there are any.
    pub training_source: SourceKind,
    /// Tokens of a document that an echo continues, one or more.
    pub prefix: usize,
    /// Echoes at most, spread evenly over categories; if it is not said, as many as there are texts.
    pub n_echoes: Option<usize>,
}

/// The classifier.
#[derive(Debug, Clone)]
pub struct ClassifierSettings {
    /// Its kind, and how it is trained.
    pub recipe: Recipe,
    /// One of that kind that was trained before, to be loaded in place of training one: a file, or the folder
    /// of an encoder. Its categories must fit.
    pub trained: Option<PathBuf>,
    /// Where a newly trained one is saved.
    pub save: Option<PathBuf>,
}

/// Where results go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputSettings {
    /// The folder in which the run's folder is made.
    pub folder: PathBuf,
    /// The name of the run and of its folder.
    pub run_name: String,
    /// Whether plots are drawn.
    pub plots: bool,
}

impl Settings {
    /// The defaults, for the reference documents in this folder.
    pub fn new(samples: impl Into<PathBuf>) -> Self {
        Self {
            documents: DocumentSettings::new(samples),
            given_texts: None,
            n_texts: 0,
            writing: WritingSettings::default(),
            split: SplitSettings::default(),
            cut: CutSettings::default(),
            echoes: EchoSettings::default(),
            classifier: ClassifierSettings::default(),
            choices: Choices::default(),
            output: OutputSettings::default(),
            n_threads: 0,
        }
    }

    /// Refuses what no run can be made with.
    ///
    /// # Errors
    /// If a number is out of its range, a merge malformed, or the run's name not that of a folder.
    pub fn check(&self) -> anyhow::Result<()> {
        self.writing.drawing.check()?;
        let val_fraction = self.val_fraction();
        anyhow::ensure!(
            val_fraction > 0.0 && val_fraction < 1.0,
            "--val-fraction: expected a share between 0 and 1, found {val_fraction}"
        );
        self.choices.study_options()?;
        runs::check_name(&self.output.run_name)?;
        if let Some(n_folds) = self.split.cross_fit {
            anyhow::ensure!(can_take_turns(n_folds), "--cross-fit: {FOLDS_EXPECTED}");
        }
        let near_dup = self.documents.near_dup;
        anyhow::ensure!(
            (0.0..=1.0).contains(&near_dup),
            "--near-dup: expected a share from 0 to 1, found {near_dup}"
        );
        Ok(())
    }

    /// The run's folder.
    pub fn folder(&self) -> PathBuf {
        self.output.folder.join(&self.output.run_name)
    }

    /// How many texts the model is to write, where none are given.
    pub fn n_texts_to_write(&self) -> usize {
        if self.n_texts == 0 { N_TEXTS } else { self.n_texts }
    }

    /// How many texts the model writes; none where texts are given.
    pub fn n_texts_recorded(&self) -> Option<usize> {
        self.given_texts.is_none().then(|| self.n_texts_to_write())
    }

    /// What trains and what calibrates.
    pub fn sources(&self) -> Sources {
        let calibration = match self.echoes.calibration_source {
            SourceKind::Auto => SourceKind::Real,
            other => other,
        };
        let training = match self.echoes.training_source {
            // A loaded classifier is trained already.
            _ if self.classifier.trained.is_some() => SourceKind::Real,
            SourceKind::Auto if calibration.has_echoes() => SourceKind::Both,
            SourceKind::Auto => SourceKind::Real,
            other => other,
        };
        Sources { training, calibration }
    }

    /// Whether the model is asked for nothing: texts are given, and no echoes wanted.
    pub fn writes_nothing(&self) -> bool {
        self.given_texts.is_some() && !self.sources().need_echoes()
    }

    /// How documents are split, unless a classifier was trained before.
    pub fn split_plan(&self) -> SplitPlan {
        let val_fraction = self.val_fraction();
        match self.split.cross_fit {
            _ if self.documents.validation.is_some() => SplitPlan::Given,
            Some(0) => SplitPlan::Once { val_fraction },
            Some(n_folds) => SplitPlan::Crossed { n_folds },
            None if self.may_cross_fit() => SplitPlan::AsItPays { val_fraction },
            None => SplitPlan::Once { val_fraction },
        }
    }

    /// Whether several classifiers may be trained unasked: none is kept, no split is said, and training one
    /// takes seconds.
    fn may_cross_fit(&self) -> bool {
        self.split.val_fraction.is_none()
            && self.classifier.save.is_none()
            && self.classifier.recipe.is_quick()
    }

    /// The share of documents that measure.
    fn val_fraction(&self) -> f64 {
        let with_echoes = self.sources().need_echoes();
        let default = if with_echoes { VAL_FRACTION_WITH_ECHOES } else { VAL_FRACTION };
        self.split.val_fraction.unwrap_or(default)
    }
}

/// What is said of a number of folds that cannot take turns.
pub const FOLDS_EXPECTED: &str = "expected 0, or 2 to 100";

/// Whether so many folds can take turns, or none do.
pub fn can_take_turns(n_folds: usize) -> bool {
    n_folds == 0 || (2..=MAX_FOLDS).contains(&n_folds)
}

impl Default for WritingSettings {
    /// Nobody who would write; texts of the model's own, as it draws them.
    fn default() -> Self {
        Self {
            author: AuthorChoice::default(),
            prompts: NO_PROMPTS.to_owned(),
            drawing: Drawing::default(),
            force: false,
        }
    }
}

impl Default for CutSettings {
    /// The beginnings of documents, as long as texts are.
    fn default() -> Self {
        Self { length_match: LengthMatchKind::Generations, window: WindowKind::Head }
    }
}

impl Default for EchoSettings {
    /// No echoes.
    fn default() -> Self {
        Self {
            calibration_source: SourceKind::Auto,
            training_source: SourceKind::Auto,
            prefix: ECHO_PREFIX,
            n_echoes: None,
        }
    }
}

impl Default for ClassifierSettings {
    /// Word and character n-grams, trained anew and not kept.
    fn default() -> Self {
        Self { recipe: Recipe::Tfidf(tfidf::Options::default()), trained: None, save: None }
    }
}

impl Default for OutputSettings {
    fn default() -> Self {
        Self { folder: OUTPUT_FOLDER.into(), run_name: RUN_NAME.to_owned(), plots: true }
    }
}
