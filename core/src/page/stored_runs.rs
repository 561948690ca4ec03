//! Open runs to estimate again, and texts to look at.

use serde::{Deserialize, Serialize};

use super::report_page::RunInspection;
use super::run_basis::Basis;
use super::stepped_study::{LabelShiftSteps, OpeningsSteps, SteppedStudy};
use super::workspace::{Open, Workspace};
use crate::files::predictions;
use crate::files::run::{Run, run_name};
use crate::label_shift::inspection::Inspection;
use crate::label_shift::reestimate::{Choices, StoredRun};
use crate::label_shift::verdicts::Verdicts;
use crate::messages::input_error::{InputError, Problem};
use crate::openings::reestimate::{OpeningsChoices, StoredOpenings};
use crate::shares::taxonomy::Taxonomy;

/// A run that can be estimated again, by the method that made it.
#[derive(Debug, Clone, PartialEq)]
pub enum StoredStudy {
    /// From a classifier's verdicts.
    LabelShift(StoredRun),
    /// From what a model expects at the beginning of a document.
    Openings(StoredOpenings),
}

/// What is known of a run that can be estimated again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StudySource {
    /// Its name.
    pub name: String,
    /// Its categories.
    pub categories: Vec<String>,
    /// Whether it knows how long whole documents are, so that shares of tokens can be given.
    pub knows_lengths: bool,
    /// What differs by method.
    #[serde(flatten)]
    pub own: OwnSource,
}

/// What a run has that only runs of its method have; `method` tells which.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "method", rename_all = "lowercase")]
pub enum OwnSource {
    /// A run of label shift.
    LabelShift {
        /// How many validation documents it has.
        n_documents: usize,
        /// How many generated texts it has.
        n_texts: usize,
        /// The choices it was made with.
        choices: Choices,
    },
    /// A run of openings.
    Openings {
        /// How many reference documents it has.
        n_documents: f64,
        /// After how many lead-ins the model was asked.
        n_leads: f64,
        /// The choices it was made with.
        choices: OpeningsChoices,
    },
}

impl StoredStudy {
    fn path(&self) -> &str {
        match self {
            Self::LabelShift(run) => &run.verdicts.path,
            Self::Openings(run) => &run.evidence.path,
        }
    }

    fn taxonomy(&self) -> &Taxonomy {
        match self {
            Self::LabelShift(run) => &run.verdicts.taxonomy,
            Self::Openings(run) => &run.evidence.taxonomy,
        }
    }

    /// What is known of it.
    pub fn source(&self) -> StudySource {
        let knows_lengths = match self {
            Self::LabelShift(run) => run.lengths.is_some(),
            Self::Openings(run) => run.lengths.is_some(),
        };
        let name = run_name(self.path());
        let categories = self.taxonomy().names().to_vec();
        StudySource { name, categories, knows_lengths, own: self.own_source() }
    }

    fn own_source(&self) -> OwnSource {
        match self {
            Self::LabelShift(run) => OwnSource::LabelShift {
                n_documents: run.verdicts.validation().count(),
                n_texts: run.verdicts.generations().count(),
                choices: run.choices(),
            },
            Self::Openings(run) => OwnSource::Openings {
                n_documents: run.evidence.references.iter().map(|one| one.n_documents()).sum(),
                n_leads: run.evidence.expectations.iter().map(|one| one.n_leads).sum(),
                choices: run.choices(),
            },
        }
    }

    /// The study under these choices (JSON with the names of the program's flags), before its first step.
    ///
    /// # Errors
    /// If the choices are not those of the run's method, or out of range.
    pub fn begin(&self, choices: &str) -> Result<Box<dyn SteppedStudy>, InputError> {
        match self {
            Self::LabelShift(run) => {
                let choices: Choices = parse_choices(choices)?;
                Ok(Box::new(LabelShiftSteps::new(run.study(&choices)?, run.context(&choices))))
            }
            Self::Openings(run) => {
                let choices: OpeningsChoices = parse_choices(choices)?;
                Ok(Box::new(OpeningsSteps::new(run.study(&choices)?, run.context(&choices))))
            }
        }
    }
}

fn parse_choices<'text, T: Deserialize<'text>>(text: &'text str) -> Result<T, InputError> {
    serde_json::from_str(text).map_err(|error| {
        let detail = error.to_string();
        InputError::new("choices", "", Problem::Syntax { detail })
    })
}

impl Workspace {
    /// The run from whose basis, the open file `id`, it can be estimated again, with its summary if that is open too.
    ///
    /// # Errors
    /// If there is no such file, its summary is of other categories, or nothing tells the categories.
    pub fn stored_study(&self, id: u64) -> Result<StoredStudy, InputError> {
        let what = "open predictions.jsonl or openings.jsonl";
        let open =
            self.bases.iter().find(|open| open.id == id).ok_or_else(|| not_open(what, id))?;
        let summary = self.summary_in(&open.place);
        match &open.parsed.basis {
            Basis::Predictions(predictions) => {
                let run = StoredRun::new(&open.path, predictions.clone(), summary)?;
                Ok(StoredStudy::LabelShift(run))
            }
            Basis::Openings(evidence) => {
                Ok(StoredStudy::Openings(StoredOpenings::new(evidence.clone(), summary)?))
            }
        }
    }

    /// What the classifier made of the texts of an open `predictions.jsonl`.
    ///
    /// # Errors
    /// As [`Workspace::stored_study`], or if the file is of another kind.
    pub fn inspect(&self, id: u64) -> Result<Inspection, InputError> {
        match self.stored_study(id)? {
            StoredStudy::LabelShift(run) => Ok(Inspection::of(&run.verdicts)),
            StoredStudy::Openings(_) => Err(not_open("open predictions.jsonl", id)),
        }
    }

    /// The same of every open run whose verdicts are open and fit it, in the order of the runs.
    pub fn inspections(&self) -> Vec<RunInspection> {
        let of_run = |run: &Open<Run>| {
            let (path, predictions) = self.predictions_in(&run.place)?;
            let taxonomy = run.parsed.taxonomy.clone();
            predictions::check_categories(path, predictions, &taxonomy).ok()?;
            let (path, predictions) = (path.to_owned(), predictions.clone());
            let inspection = Inspection::of(&Verdicts { path, taxonomy, predictions });
            Some(RunInspection { run: run.parsed.name.clone(), inspection })
        };
        self.runs.iter().filter_map(of_run).collect()
    }
}

fn not_open(what: &'static str, id: u64) -> InputError {
    let (name, known) = (id.to_string(), Vec::new());
    InputError::new("", "", Problem::NotFound { what, name, known })
}

#[cfg(test)]
#[path = "stored_runs_tests.rs"]
mod tests;
