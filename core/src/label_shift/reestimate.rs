//! A stored run estimated again, with other choices: from its verdicts, and its summary if it is there.
//!
//! The program's `reestimate` and the page come through here, and write the same bytes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::files::json::{check_object, json_error};
use crate::files::predictions::{self, Prediction};
use crate::files::record::{Context, ToolRecord};
use crate::files::text;
use crate::label_shift::calibration::CalibrationMethod;
use crate::label_shift::estimate::choice::EstimatorChoice;
use crate::label_shift::study::{Study, StudyOptions, UnknownChoice, makes_diagnostic};
use crate::label_shift::verdicts::Verdicts;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::input_error::{InputError, Problem};
use crate::shares::document_lengths::DocumentLengths;
use crate::shares::merge::Merge;
use crate::shares::taxonomy::Taxonomy;
use crate::shares::unit::Unit;

/// The most replicates of a bootstrap: each is kept until the end.
pub const MAX_REPLICATES: u64 = 100_000;

/// The choices of an estimate from stored verdicts, by the names of the program's flags.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choices {
    /// The estimator.
    pub estimator: EstimatorChoice,
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
            estimator: EstimatorChoice::default(),
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
    summary: Option<Map<String, Value>>,
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
        let summary = summary.map(|(path, text)| Summary::parse(path, text)).transpose()?;
        let taxonomy = match (&summary, own) {
            (Some(summary), _) => summary.taxonomy.clone(),
            (None, Some(own)) => own,
            (None, None) => {
                let expected = "the names of the categories".to_owned();
                return Err(InputError::new(path, "1:1", Problem::MissingField { expected }));
            }
        };
        predictions::check_categories(path, &predictions, &taxonomy)?;
        let (lengths, summary) =
            summary.map_or((None, None), |summary| (summary.lengths, Some(summary.fields)));
        let verdicts = Verdicts { path: path.to_owned(), taxonomy, predictions };
        Ok(Self { verdicts, lengths, summary })
    }

    /// The choices that the run itself was made with, as far as its summary tells.
    pub fn choices(&self) -> Choices {
        let mut choices = Choices::default();
        let Some(config) = self.config() else { return choices };
        let known = choices.settings();
        let mut settings = known.clone();
        let told =
            config.iter().filter(|(name, value)| known.contains_key(*name) && !value.is_null());
        settings.extend(told.map(|(name, value)| (name.clone(), value.clone())));
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
        let field = |name: &str| self.summary.as_ref().and_then(|fields| fields.get(name));
        let tool = field("tool").and_then(|tool| serde_json::from_value(tool.clone()).ok());
        let mut config = self.config().cloned().unwrap_or_default();
        config.extend(choices.settings());
        config.insert("reestimated".to_owned(), Value::Bool(true));
        let diagnostics: Vec<Diagnostic> = field("diagnostics")
            .and_then(|list| serde_json::from_value(list.clone()).ok())
            .unwrap_or_default();
        Context {
            tool: tool.unwrap_or_else(|| ToolRecord {
                name: "data-anatomy".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                commit: "unknown".to_owned(),
            }),
            created: field("created").and_then(Value::as_str).map(str::to_owned),
            config,
            inputs: field("inputs").cloned().unwrap_or(Value::Null),
            diagnostics: diagnostics
                .into_iter()
                .filter(|diagnostic| !makes_diagnostic(&diagnostic.code))
                .collect(),
        }
    }

    fn config(&self) -> Option<&Map<String, Value>> {
        self.summary.as_ref()?.get("config")?.as_object()
    }
}

/// What is needed of a summary.
struct Summary {
    fields: Map<String, Value>,
    taxonomy: Taxonomy,
    lengths: Option<DocumentLengths>,
}

impl Summary {
    fn parse(path: &str, summary: &str) -> Result<Self, InputError> {
        let text = text::decode(path, summary.as_bytes())?;
        check_object(path, text)?;
        let fields: Map<String, Value> =
            serde_json::from_str(text).map_err(|error| json_error(path, text, &error))?;
        let names: Vec<String> = fields
            .get("categories")
            .and_then(|names| serde_json::from_value(names.clone()).ok())
            .ok_or_else(|| {
                let expected = "`categories` (a list of names)".to_owned();
                InputError::new(path, "", Problem::MissingField { expected })
            })?;
        let taxonomy = Taxonomy::new(names)
            .map_err(|error| InputError::new(path, "categories", Problem::Taxonomy(error)))?;
        let lengths = match fields.get("document_lengths") {
            None | Some(Value::Null) => None,
            Some(lengths) => Some(DocumentLengths::recorded(path, lengths, &taxonomy)?),
        };
        Ok(Self { fields, taxonomy, lengths })
    }
}

#[cfg(test)]
#[path = "reestimate_tests.rs"]
mod tests;
