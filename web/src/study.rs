//! An estimate that is made in steps, so that the page can show progress and stop.

use data_anatomy_core::messages::input_error::InputError;
use data_anatomy_core::page::stepped_study::SteppedStudy;
use data_anatomy_core::page::stored_runs::StoredStudy;
use wasm_bindgen::prelude::wasm_bindgen;

/// A study under way.
#[wasm_bindgen]
#[derive(Debug)]
pub struct StudyRun {
    study: Box<dyn SteppedStudy>,
}

impl StudyRun {
    /// The study of this run under these choices, before its first step.
    pub(crate) fn begin(run: &StoredStudy, choices: &str) -> Result<Self, InputError> {
        Ok(Self { study: run.begin(choices)? })
    }
}

#[wasm_bindgen]
impl StudyRun {
    /// Returns how many steps it takes.
    pub fn n_steps(&self) -> f64 {
        f64::from(u32::try_from(self.study.n_steps()).unwrap_or(u32::MAX))
    }

    /// Takes the next step, if there is one left.
    pub fn step(&mut self) {
        self.study.step();
    }

    /// Returns `[summary.json, summary.csv]` after the last step, to the byte what `data-anatomy` writes.
    pub fn files(&self) -> Vec<String> {
        let files = self.study.files();
        vec![files.json, files.csv]
    }
}
