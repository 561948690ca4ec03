//! A stored run estimated again, with other choices: from its evidence, and its summary if it is there.
//!
//! The program's `openings` and `reestimate`, and the page, come through here and write the same bytes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::evidence::Evidence;
use super::options::OpeningsOptions;
use super::study::{Study, makes_diagnostic};
use crate::files::record::Context;
use crate::files::stored_summary::StoredSummary;
use crate::messages::input_error::{InputError, Problem};
use crate::shares::document_lengths::DocumentLengths;
use crate::shares::merge::Merge;
use crate::shares::unit::Unit;

/// The most replicates: each is kept until the end.
pub const MAX_REPLICATES: u64 = 100_000;

/// The choices of an estimate from stored evidence, by the names of the program's flags.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OpeningsChoices {
    /// Documents' worth of a category's tokens that are added to its counted beginnings.
    pub smoothing: f64,
    /// Whether the model may expect what begins no document.
    pub nuisances: bool,
    /// Whether rarer beginnings are taken to be learned less; needs nuisances.
    pub learning: bool,
    /// Categories to count as one, each as `A+B=AB`.
    pub merge: Vec<String>,
    /// The unit of the shares.
    pub unit: Unit,
    /// Level of the intervals.
    pub level: f64,
    /// Replicates (0: no intervals).
    pub n_boot: u64,
    /// Seed of every random choice.
    pub seed: u64,
}

impl Default for OpeningsChoices {
    fn default() -> Self {
        Self {
            smoothing: 0.5,
            nuisances: true,
            learning: true,
            merge: Vec::new(),
            unit: Unit::default(),
            level: 0.95,
            n_boot: 200,
            seed: 42,
        }
    }
}

impl OpeningsChoices {
    /// The checked form.
    ///
    /// # Errors
    /// If a number is out of its range, or a merge malformed.
    pub fn study_options(&self) -> Result<OpeningsOptions, InputError> {
        let refuse =
            |flag: &str, detail: String| Err(InputError::new("", flag, Problem::Syntax { detail }));
        if !(self.smoothing > 0.0 && self.smoothing <= 1e6) {
            let found = self.smoothing;
            return refuse(
                "--smoothing",
                format!("expected a number of documents above 0 (0.5 is usual), found {found}"),
            );
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            let found = self.level;
            return refuse("--level", format!("expected a level between 0 and 1, found {found}"));
        }
        if self.n_boot == 1 || self.n_boot > MAX_REPLICATES {
            let detail = format!(
                "expected 0 for no intervals, or from 2 to {MAX_REPLICATES} replicates (200 are plenty), found {}",
                self.n_boot
            );
            return refuse("--n-boot", detail);
        }
        Ok(OpeningsOptions {
            pseudo_documents: self.smoothing,
            nuisances: self.nuisances,
            learning: self.learning,
            merges: self.merge.iter().map(|text| Merge::parse(text)).collect::<Result<_, _>>()?,
            unit: self.unit,
            level: self.level,
            n_replicates: self.n_boot,
            seed: self.seed,
        })
    }

    /// The choices as settings of a run.
    pub fn settings(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(settings)) => settings,
            _ => Map::new(),
        }
    }
}

/// A run that can be estimated again.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredOpenings {
    /// Its evidence.
    pub evidence: Evidence,
    /// How long whole documents of its categories are, if it knows.
    pub lengths: Option<DocumentLengths>,
    /// Its summary, if it was given.
    summary: Option<StoredSummary>,
}

impl StoredOpenings {
    /// The run of this evidence and of the text of its summary with its own path, if there is one.
    ///
    /// # Errors
    /// If the summary is malformed or of other categories.
    pub fn new(evidence: Evidence, summary: Option<(&str, &str)>) -> Result<Self, InputError> {
        let summary = match summary {
            Some((path, text)) => {
                let summary = StoredSummary::parse(path, text)?;
                check_categories(path, &summary, &evidence)?;
                Some(summary)
            }
            None => None,
        };
        let lengths = summary.as_ref().and_then(|summary| summary.lengths.clone());
        Ok(Self { evidence, lengths, summary })
    }

    /// The choices that the run itself was made with, as far as its summary tells.
    pub fn choices(&self) -> OpeningsChoices {
        let choices = OpeningsChoices::default();
        let Some(summary) = &self.summary else { return choices };
        let mut settings = summary.told(choices.settings());
        // Its evidence is joined already.
        settings.insert("merge".to_owned(), Value::Array(Vec::new()));
        serde_json::from_value(Value::Object(settings)).unwrap_or(choices)
    }

    /// The run's study under other choices.
    ///
    /// # Errors
    /// As [`OpeningsChoices::study_options`] and [`Study::new`].
    pub fn study(&self, choices: &OpeningsChoices) -> Result<Study, InputError> {
        Study::new(&self.evidence, self.lengths.as_ref(), choices.study_options()?)
    }

    /// What surrounds the new numbers: what the run's summary says, with the settings that changed.
    pub fn context(&self, choices: &OpeningsChoices) -> Context {
        let usual = OpeningsChoices::default().settings();
        StoredSummary::context(self.summary.as_ref(), choices.settings(), &usual, makes_diagnostic)
    }
}

/// Refuses a summary of other categories than the evidence beside it.
fn check_categories(
    path: &str,
    summary: &StoredSummary,
    evidence: &Evidence,
) -> Result<(), InputError> {
    let (own, expected) = (evidence.taxonomy.names(), summary.taxonomy.names());
    if own == expected {
        return Ok(());
    }
    let detail = format!(
        "expected the categories of {}, {}, found {}",
        evidence.path,
        own.join(", "),
        expected.join(", ")
    );
    Err(InputError::new(path, "categories", Problem::Syntax { detail }))
}
