//! The open runs against the chosen ground truth, or by themselves.

use std::borrow::Cow;

use serde::Serialize;

use super::choices::{NO_TRUTH, evaluate_options};
use super::report_page::ViewOptions;
use super::workspace::{Open, Workspace};
use crate::evaluate::estimates::Estimates;
use crate::evaluate::evaluation::{EvaluateOptions, Evaluation, Evaluator};
use crate::files::bundled_specs;
use crate::files::predictions;
use crate::files::run::Run;
use crate::files::spec::Spec;
use crate::messages::input_error::InputError;

/// A run that could not be scored, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Name of the run.
    pub name: String,
    /// What is wrong.
    pub message: String,
    /// What the user can do about it.
    pub hint: Option<String>,
}

/// What the open runs say.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Against the chosen ground truth, and the runs that cannot be scored against it.
    Scored(Box<Evaluation>, Vec<Refused>),
    /// By themselves.
    Estimated(Estimates),
}

impl Workspace {
    /// Every open run scored, and those that cannot be; their estimates alone where no ground truth is chosen.
    ///
    /// # Errors
    /// If there is no such spec, or the options are malformed.
    pub fn evaluate(&self, options: &ViewOptions) -> Result<Answer, InputError> {
        let (spec, resolved) = self.resolve(options)?;
        let Some(spec) = spec else {
            let estimates = Estimates::of(self.runs.iter().map(|open| &open.parsed));
            let unidentified = self.unidentified.iter().map(|open| &open.parsed);
            return Ok(Answer::Estimated(estimates.and_unidentified(unidentified)));
        };
        let mut evaluator = Evaluator::new(spec, &resolved);
        let mut refused = Vec::new();
        for open in &self.runs {
            let run = self.with_predictions(open, options.baseline.is_some());
            if let Err(error) = run.and_then(|run| evaluator.add(&run)) {
                refused.push(Refused {
                    name: open.parsed.name.clone(),
                    message: error.message(),
                    hint: error.hint(),
                });
            }
        }
        for open in &self.unidentified {
            evaluator.add_unidentified(&open.parsed);
        }
        Ok(Answer::Scored(Box::new(evaluator.finish()), refused))
    }

    /// The run with the verdicts from its folder, where they are wanted and open.
    fn with_predictions<'run>(
        &self,
        open: &'run Open<Run>,
        wanted: bool,
    ) -> Result<Cow<'run, Run>, InputError> {
        let run = &open.parsed;
        let found = self.predictions_in(&open.place).filter(|_| wanted);
        let Some((path, found)) = found else { return Ok(Cow::Borrowed(run)) };
        predictions::check_categories(path, found, &run.taxonomy)?;
        Ok(Cow::Owned(Run { predictions: found.clone(), ..run.clone() }))
    }

    /// The ground truth that the options choose, if any, and how to score.
    ///
    /// # Errors
    /// If there is no such spec, or the options are malformed.
    pub(super) fn resolve(
        &self,
        options: &ViewOptions,
    ) -> Result<(Option<&Spec>, EvaluateOptions), InputError> {
        let resolved = evaluate_options(options)?;
        let spec = match options.spec.as_deref() {
            Some(NO_TRUTH) => None,
            Some(id) => Some(self.find_spec(id)?),
            None => self.only_opened_spec(&resolved),
        };
        Ok((spec, resolved))
    }

    pub(super) fn find_spec(&self, id: &str) -> Result<&Spec, InputError> {
        let mut opened = self.specs.iter().flat_map(|open| open.parsed.all());
        match opened.find(|spec| spec.id == id) {
            Some(spec) => Ok(spec),
            None => bundled_specs::find(id),
        }
    }
}
