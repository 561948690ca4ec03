//! An estimate that is made in steps, so that the page can show progress and stop.

use data_anatomy_core::files::record::Context;
use data_anatomy_core::label_shift::reestimate::{Choices, StoredRun};
use data_anatomy_core::label_shift::study::{Study, StudyReplicate};
use data_anatomy_core::label_shift::summary::Summary;
use data_anatomy_core::messages::input_error::InputError;
use data_anatomy_core::numeric::interval::Interval;
use wasm_bindgen::prelude::wasm_bindgen;

/// A study under way: a step is one replicate, or one interval after all of those.
#[wasm_bindgen]
#[derive(Debug)]
pub struct StudyRun {
    study: Study,
    context: Context,
    replicates: Vec<StudyReplicate>,
    intervals: Vec<Interval>,
}

impl StudyRun {
    /// The study of this run under these choices, before its first step.
    pub(crate) fn begin(run: &StoredRun, choices: &Choices) -> Result<Self, InputError> {
        Ok(Self {
            study: run.study(choices)?,
            context: run.context(choices),
            replicates: Vec::new(),
            intervals: Vec::new(),
        })
    }
}

#[wasm_bindgen]
impl StudyRun {
    /// Returns how many steps it takes.
    pub fn n_steps(&self) -> f64 {
        let n_replicates = u32::try_from(self.study.options().n_replicates).unwrap_or(u32::MAX);
        let n_intervals = u32::try_from(self.study.n_intervals()).unwrap_or(u32::MAX);
        f64::from(n_replicates) + f64::from(n_intervals)
    }

    /// Takes the next step, if there is one left.
    pub fn step(&mut self) {
        let done = self.replicates.len() as u64;
        if done < self.study.options().n_replicates {
            self.replicates.push(self.study.replicate(done));
        } else if self.intervals.len() < self.study.n_intervals() {
            let class = self.intervals.len();
            self.intervals.push(self.study.interval(class, &self.replicates));
        }
    }

    /// Returns the summary after the last step, to the byte what `data-anatomy reestimate --json` prints.
    pub fn summary(&self) -> String {
        let context = self.context.clone();
        Summary::of_study(&self.study, &self.replicates, &self.intervals, context).to_json()
    }
}
