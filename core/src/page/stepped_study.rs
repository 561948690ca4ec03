//! A study that is made in steps, so that the page can show progress and stop.

use std::fmt::Debug;

use crate::files::record::Context;
use crate::label_shift::study::{Study as LabelShiftStudy, StudyReplicate};
use crate::label_shift::summary::Summary;
use crate::numeric::interval::Interval;
use crate::openings::replicate::OpeningsReplicate;
use crate::openings::study::Study as OpeningsStudy;
use crate::openings::summary::OpeningsSummary;

/// A study under way, of either method.
pub trait SteppedStudy: Debug {
    /// How many steps it takes.
    fn n_steps(&self) -> u64;

    /// Takes the next step, if there is one left.
    fn step(&mut self);

    /// The files of its result, after the last step.
    fn files(&self) -> StudyFiles;
}

/// The files of a result, to the byte what the program writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyFiles {
    /// `summary.json`.
    pub json: String,
    /// `summary.csv`.
    pub csv: String,
}

/// A study of verdicts: a step is one replicate, or one interval after all of those.
#[derive(Debug)]
pub(super) struct LabelShiftSteps {
    study: LabelShiftStudy,
    context: Context,
    replicates: Vec<StudyReplicate>,
    intervals: Vec<Interval>,
}

impl LabelShiftSteps {
    /// The study before its first step.
    pub(super) fn new(study: LabelShiftStudy, context: Context) -> Self {
        Self { study, context, replicates: Vec::new(), intervals: Vec::new() }
    }
}

impl SteppedStudy for LabelShiftSteps {
    fn n_steps(&self) -> u64 {
        self.study.options().n_replicates + self.study.n_intervals() as u64
    }

    fn step(&mut self) {
        let done = self.replicates.len() as u64;
        if done < self.study.options().n_replicates {
            self.replicates.push(self.study.replicate(done));
        } else if self.intervals.len() < self.study.n_intervals() {
            let class = self.intervals.len();
            self.intervals.push(self.study.interval(class, &self.replicates));
        }
    }

    fn files(&self) -> StudyFiles {
        let context = self.context.clone();
        let summary = Summary::of_study(&self.study, &self.replicates, &self.intervals, context);
        StudyFiles { json: summary.to_json(), csv: summary.shares_table().csv() }
    }
}

/// A study of openings: a step is one replicate.
#[derive(Debug)]
pub(super) struct OpeningsSteps {
    study: OpeningsStudy,
    context: Context,
    replicates: Vec<OpeningsReplicate>,
}

impl OpeningsSteps {
    /// The study before its first step.
    pub(super) fn new(study: OpeningsStudy, context: Context) -> Self {
        Self { study, context, replicates: Vec::new() }
    }
}

impl SteppedStudy for OpeningsSteps {
    fn n_steps(&self) -> u64 {
        self.study.options().n_replicates
    }

    fn step(&mut self) {
        let done = self.replicates.len() as u64;
        if done < self.study.options().n_replicates {
            self.replicates.push(self.study.replicate(done));
        }
    }

    fn files(&self) -> StudyFiles {
        let summary =
            OpeningsSummary::of_study(&self.study, &self.replicates, self.context.clone());
        StudyFiles { json: summary.to_json(), csv: summary.shares_table().csv() }
    }
}
