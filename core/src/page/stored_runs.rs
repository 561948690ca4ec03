//! Open verdicts: runs to estimate again, and texts to look at.

use serde::Serialize;

use super::report_page::RunInspection;
use super::workspace::{Open, RunPredictions, Workspace, folder_of};
use crate::files::run::run_name;
use crate::label_shift::inspection::Inspection;
use crate::label_shift::reestimate::{Choices, StoredRun};
use crate::label_shift::verdicts::Verdicts;
use crate::messages::input_error::{InputError, Problem};

/// A run that can be estimated again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StudySource {
    /// Its name.
    pub name: String,
    /// Its categories.
    pub categories: Vec<String>,
    /// Whether it knows how long whole documents are, so that shares of tokens can be given.
    pub knows_lengths: bool,
    /// How many validation documents it has.
    pub n_documents: usize,
    /// How many generated texts it has.
    pub n_texts: usize,
    /// The choices it was made with.
    pub choices: Choices,
}

impl Workspace {
    /// The run whose verdicts are the open file `id`, with its summary if that is open too.
    ///
    /// # Errors
    /// If there is no such file, its summary is of other categories, or nothing tells the categories.
    pub fn stored_run(&self, id: u64) -> Result<StoredRun, InputError> {
        let open = self.predictions.iter().find(|open| open.id == id).ok_or_else(|| {
            let (name, known) = (id.to_string(), Vec::new());
            InputError::new(
                "",
                "",
                Problem::NotFound { what: "open predictions.jsonl", name, known },
            )
        })?;
        self.stored(open)
    }

    fn stored(&self, open: &Open<RunPredictions>) -> Result<StoredRun, InputError> {
        let folder = &open.parsed.folder;
        let summary = self.runs.iter().find(|run| folder_of(&run.path) == folder);
        let summary = summary.map(|run| (run.path.as_str(), run.file.text.as_str()));
        StoredRun::new(&open.path, open.parsed.predictions.clone(), summary)
    }

    /// What is known of a run that can be estimated again.
    ///
    /// # Errors
    /// As [`Workspace::stored_run`].
    pub fn study_source(&self, id: u64) -> Result<StudySource, InputError> {
        let run = self.stored_run(id)?;
        Ok(StudySource {
            name: run_name(&run.verdicts.path),
            categories: run.verdicts.taxonomy.names().to_vec(),
            knows_lengths: run.lengths.is_some(),
            n_documents: run.verdicts.validation().count(),
            n_texts: run.verdicts.generations().count(),
            choices: run.choices(),
        })
    }

    /// What the classifier made of the texts of an open `predictions.jsonl`.
    ///
    /// # Errors
    /// As [`Workspace::stored_run`].
    pub fn inspect(&self, id: u64) -> Result<Inspection, InputError> {
        Ok(Inspection::of(&self.stored_run(id)?.verdicts))
    }

    /// The same of every open run whose verdicts are open and fit it, in the order of the runs.
    pub fn inspections(&self) -> Vec<RunInspection> {
        let of_run = |run: &Open<crate::files::run::Run>| {
            let folder = folder_of(&run.path);
            let open = self.predictions.iter().find(|open| open.parsed.folder == folder)?;
            let predictions = open.parsed.predictions.clone();
            let taxonomy = run.parsed.taxonomy.clone();
            crate::files::predictions::check_categories(&open.path, &predictions, &taxonomy)
                .ok()?;
            let verdicts = Verdicts { path: open.path.clone(), taxonomy, predictions };
            Some(RunInspection {
                run: run.parsed.name.clone(),
                inspection: Inspection::of(&verdicts),
            })
        };
        self.runs.iter().filter_map(of_run).collect()
    }
}
