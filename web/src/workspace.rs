//! The open files, as JavaScript sees them: JSON text in, JSON text out.

use data_anatomy_core::evaluate::estimates::{self, Estimates};
use data_anatomy_core::evaluate::evaluation::Evaluation;
use data_anatomy_core::evaluate::figures;
use data_anatomy_core::evaluate::finding::Finding;
use data_anatomy_core::evaluate::report;
use data_anatomy_core::page::report_page::{self, Shown, ViewOptions};
use data_anatomy_core::page::scored::{Answer, Refused};
use data_anatomy_core::page::workspace::{self as core, FileKind, Opened};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{input_error, plain_error};
use crate::study::StudyRun;

/// The files that somebody has open, and everything computed from them.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Workspace {
    core: core::Workspace,
    files: Vec<FileEntry>,
}

/// An open file as the list of files shows it.
#[derive(Debug, Serialize)]
struct FileEntry {
    #[serde(flatten)]
    opened: Opened,
    n_bytes: usize,
}

/// What the open runs say: the exact text of `evaluate --json`, or the estimates where nothing is scored; the headline;
/// and the runs that were left out.
#[derive(Serialize)]
struct Told {
    text: Option<String>,
    estimates: Option<Estimates>,
    finding: Finding,
    refused: Vec<Refused>,
}

#[wasm_bindgen]
impl Workspace {
    /// A workspace without files.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a file and returns what it is, as JSON: `{kind, id, name, path, message, hint}`.
    pub fn add(&mut self, path: &str, bytes: &[u8]) -> String {
        let opened = self.core.add(path, bytes);
        let text = json(&opened);
        if !matches!(opened.kind, FileKind::Ignored | FileKind::Error) {
            self.files.push(FileEntry { opened, n_bytes: bytes.len() });
        }
        text
    }

    /// Closes the file of this id.
    pub fn remove(&mut self, id: u32) {
        self.core.remove(u64::from(id));
        self.files.retain(|entry| entry.opened.id != u64::from(id));
    }

    /// Closes every file.
    pub fn clear(&mut self) {
        self.core.clear();
        self.files.clear();
    }

    /// Returns the open files as JSON: `{kind, id, name, path, sha256, n_bytes}` each.
    pub fn files(&self) -> String {
        json(&self.files)
    }

    /// Returns the specs to choose from as JSON: `{id, name, n_categories, bundled, unfit}` each; `unfit` says why no
    /// open run can be scored against it.
    ///
    /// # Errors
    /// If the options are malformed; the error carries a `hint`.
    pub fn spec_choices(&self, options: &str) -> Result<String, JsValue> {
        let choices = self.core.spec_choices(&parse_options(options)?);
        Ok(json(&choices.map_err(|error| input_error(&error))?))
    }

    /// Returns `{text, estimates, finding, refused}` as JSON: the text of `evaluate --json`, or, without a ground truth,
    /// the estimates; the headline; and the runs that could not be scored.
    ///
    /// # Errors
    /// If the options are malformed or there is no such spec; the error carries a `hint`.
    pub fn evaluate(&self, options: &str) -> Result<String, JsValue> {
        Ok(json(&match self.answer(&parse_options(options)?)? {
            Answer::Scored(evaluation, refused) => Told {
                text: Some(evaluation.to_json()),
                estimates: None,
                finding: Finding::of(&evaluation),
                refused,
            },
            Answer::Estimated(estimates) => Told {
                text: None,
                finding: estimates.finding(),
                estimates: Some(estimates),
                refused: Vec::new(),
            },
        }))
    }

    /// Returns the page `template` with the open files, these options and a readable part in it.
    ///
    /// # Errors
    /// As [`Workspace::evaluate`], or if the template lacks its slots.
    pub fn report_page(&self, template: &str, options: &str) -> Result<String, JsValue> {
        let options = parse_options(options)?;
        let answer = self.answer(&options)?;
        let data = self.core.report_data(&options).map_err(|error| input_error(&error))?;
        let inspections = self.core.inspections();
        let (shown, figures) = match &answer {
            Answer::Scored(evaluation, _) => {
                (Shown::Scored(evaluation), figures::of_evaluation(evaluation))
            }
            Answer::Estimated(estimates) => {
                (Shown::Estimated(estimates), estimates::figures(estimates))
            }
        };
        report_page::fill(template, &data, shown, &figures, &inspections).map_err(plain_error)
    }

    /// Returns what is known of the run whose `predictions.jsonl` or `openings.jsonl` is the open file `id`, as JSON:
    /// `{name, categories, knows_lengths, method, choices}`, and how much it has: `n_documents`, with `n_texts` or
    /// `n_leads`.
    ///
    /// # Errors
    /// If it cannot be estimated again; the error carries a `hint`.
    pub fn study_source(&self, id: u32) -> Result<String, JsValue> {
        let study = self.core.stored_study(u64::from(id)).map_err(|error| input_error(&error))?;
        Ok(json(&study.source()))
    }

    /// Returns texts and confusions of the same run, as JSON: `{categories, confusions}`.
    ///
    /// # Errors
    /// As [`Workspace::study_source`].
    pub fn inspect(&self, id: u32) -> Result<String, JsValue> {
        let inspection = self.core.inspect(u64::from(id)).map_err(|error| input_error(&error))?;
        Ok(json(&inspection))
    }

    /// Begins to estimate the same run again; `choices` is JSON with the names of the program's flags.
    ///
    /// # Errors
    /// As [`Workspace::study_source`], or if the choices are out of range.
    pub fn begin_study(&self, id: u32, choices: &str) -> Result<StudyRun, JsValue> {
        let run = self.core.stored_study(u64::from(id));
        let begun = run.and_then(|run| StudyRun::begin(&run, choices));
        begun.map_err(|error| input_error(&error))
    }

    /// Returns the report of an evaluation as Markdown.
    ///
    /// # Errors
    /// If the text is not that of an evaluation.
    pub fn report_markdown(&self, evaluation: &str) -> Result<String, JsValue> {
        Ok(report::markdown(&parse_evaluation(evaluation)?))
    }
}

impl Workspace {
    fn answer(&self, options: &ViewOptions) -> Result<Answer, JsValue> {
        self.core.evaluate(options).map_err(|error| input_error(&error))
    }
}

fn parse_options(text: &str) -> Result<ViewOptions, JsValue> {
    serde_json::from_str(text).map_err(plain_error)
}

/// The evaluation in this text.
pub(crate) fn parse_evaluation(text: &str) -> Result<Evaluation, JsValue> {
    serde_json::from_str(text).map_err(plain_error)
}

/// `value` as JSON; all that is passed here has string keys, so that writing cannot fail.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
