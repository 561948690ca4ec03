//! A stored run estimated again, with other choices: from its verdicts, and its summary if it is there.
//!
//! The program's `reestimate` and the page come through here, and write the same bytes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::files::predictions::{self, Prediction};
use crate::files::record::Context;
use crate::files::stored_summary::StoredSummary;
use crate::label_shift::calibration::CalibrationMethod;
use crate::label_shift::estimate::Estimator;
use crate::label_shift::study::{Study, StudyOptions, UnknownChoice, makes_diagnostic};
use crate::label_shift::verdicts::Verdicts;
use crate::messages::input_error::{InputError, Problem};
use crate::shares::document_lengths::DocumentLengths;
use crate::shares::merge::Merge;
use crate::shares::unit::Unit;

/// The most replicates of a bootstrap: each is kept until the end.
pub const MAX_REPLICATES: u64 = 100_000;

/// The choices of an estimate from stored verdicts, by the names of the program's flags.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choices {
    /// The estimator.
    pub estimator: Estimator,
    /// The calibration of the classifier.
    pub calibration: CalibrationMethod,
    /// Categories to count as one, each as `A+B=AB`.
    pub merge: Vec<String>,
    /// The unit of the shares.
    pub unit: Unit,
    /// Estimate the share of texts of no category.
    pub unknown: bool,
    /// Count texts whose largest probability is below this as of no category; wins over `unknown`.
    pub unknown_threshold: Option<f64>,
    /// Level of the intervals.
    pub level: f64,
    /// Bootstrap replicates (0: no intervals).
    pub n_boot: u64,
    /// Seed of every random choice.
    pub seed: u64,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            estimator: Estimator::default(),
            calibration: CalibrationMethod::default(),
            merge: Vec::new(),
            unit: Unit::default(),
            unknown: false,
            unknown_threshold: None,
            level: 0.95,
            n_boot: 500,
            seed: 42,
        }
    }
}

impl Choices {
    /// The checked form.
    ///
    /// # Errors
    /// If a number is out of its range, or a merge malformed.
    pub fn study_options(&self) -> Result<StudyOptions, InputError> {
        let refuse =
            |flag: &str, detail: String| Err(InputError::new("", flag, Problem::Syntax { detail }));
        if !(self.level > 0.0 && self.level < 1.0) {
            return refuse(
                "--level",
                format!("expected a level between 0 and 1, found {}", self.level),
            );
        }
        if self.n_boot == 1 || self.n_boot > MAX_REPLICATES {
            let detail = format!(
                "expected 0 for no intervals, or from 2 to {MAX_REPLICATES} replicates (500 are \
                 plenty), found {}",
                self.n_boot
            );
            return refuse("--n-boot", detail);
        }
        let unknown = match self.unknown_threshold {
            Some(threshold) if !(threshold > 0.0 && threshold <= 1.0) => {
                let detail =
                    format!("expected a probability above 0 and up to 1, found {threshold}");
                return refuse("--unknown-threshold", detail);
            }
            Some(threshold) => UnknownChoice::Threshold(threshold),
            None if self.unknown => UnknownChoice::Estimated,
            None => UnknownChoice::Ignored,
        };
        Ok(StudyOptions {
            estimator: self.estimator,
            calibration: self.calibration,
            merges: self.merge.iter().map(|text| Merge::parse(text)).collect::<Result<_, _>>()?,
            unit: self.unit,
            unknown,
            level: self.level,
            n_replicates: self.n_boot,
            seed: self.seed,
        })
    }

    /// The choices as settings of a run.
    fn settings(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(settings)) => settings,
            _ => Map::new(),
        }
    }
}

/// A run that can be estimated again.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRun {
    /// Its verdicts.
    pub verdicts: Verdicts,
    /// How long whole documents of its categories are, if it knows.
    pub lengths: Option<DocumentLengths>,
    /// Its summary, if it was given.
    summary: Option<StoredSummary>,
}

impl StoredRun {
    /// The run of these verdicts, which are those of the file `path`, and of the text of its summary
    /// with its own path, if there is one.
    ///
    /// # Errors
    /// If the summary is malformed or of other categories, or nothing tells the categories.
    pub fn new(
        path: &str,
        predictions: Vec<Prediction>,
        summary: Option<(&str, &str)>,
    ) -> Result<Self, InputError> {
        let own = predictions::own_categories(path, &predictions)?;
        let summary = summary.map(|(path, text)| StoredSummary::parse(path, text)).transpose()?;
        let taxonomy = match (&summary, own) {
            (Some(summary), _) => summary.taxonomy.clone(),
            (None, Some(own)) => own,
            (None, None) => {
                let expected = "the names of the categories".to_owned();
                return Err(InputError::new(path, "1:1", Problem::MissingField { expected }));
            }
        };
        predictions::check_categories(path, &predictions, &taxonomy)?;
        let lengths = summary.as_ref().and_then(|summary| summary.lengths.clone());
        let verdicts = Verdicts { path: path.to_owned(), taxonomy, predictions };
        Ok(Self { verdicts, lengths, summary })
    }

    /// The choices that the run itself was made with, as far as its summary tells.
    pub fn choices(&self) -> Choices {
        let mut choices = Choices::default();
        let Some(summary) = &self.summary else { return choices };
        let mut settings = summary.told(choices.settings());
        // Its verdicts are joined already.
        settings.insert("merge".to_owned(), Value::Array(Vec::new()));
        if let Ok(read) = serde_json::from_value(Value::Object(settings)) {
            choices = read;
        }
        choices
    }

    /// The run's study under other choices.
    ///
    /// # Errors
    /// As [`Choices::study_options`] and [`Study::new`].
    pub fn study(&self, choices: &Choices) -> Result<Study, InputError> {
        Study::new(&self.verdicts, self.lengths.as_ref(), choices.study_options()?)
    }

    /// What surrounds the new numbers: what the run's summary says, with the settings that changed.
    pub fn context(&self, choices: &Choices) -> Context {
        let usual = Choices::default().settings();
        StoredSummary::context(self.summary.as_ref(), choices.settings(), &usual, makes_diagnostic)
    }
}

#[cfg(test)]
#[path = "reestimate_tests.rs"]
mod tests;
