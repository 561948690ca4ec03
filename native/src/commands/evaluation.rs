//! The evaluation of runs, which `evaluate` prints and `report` makes a page of.

use std::path::PathBuf;

use data_anatomy_core::evaluate::evaluation::{Evaluation, Evaluator};
use data_anatomy_core::files::run::StoredAnswer;
use data_anatomy_core::files::spec::Spec;
use data_anatomy_core::messages::input_error::{InputError, Problem};
use data_anatomy_core::page::choices::evaluate_options;
use rayon::prelude::*;

use crate::args::ViewArgs;
use crate::runs;

/// Runs read at a time: enough for all cores, few enough to keep memory flat.
const RUNS_AT_A_TIME: usize = 64;

/// The evaluation of the runs at `paths`, read in parallel a few at a time.
pub(super) fn evaluate(
    paths: &[PathBuf],
    spec: &Spec,
    view: &ViewArgs,
) -> Result<Evaluation, InputError> {
    let options = evaluate_options(&view.options(Some(spec)))?;
    let mut evaluator = Evaluator::new(spec, &options);
    let with_predictions = options.baseline.is_some();
    for some in paths.chunks(RUNS_AT_A_TIME) {
        for answer in read(some, with_predictions)? {
            evaluator.take(&answer)?;
        }
    }
    let evaluation = evaluator.finish();
    check_baseline(&evaluation, view.baseline.as_ref())?;
    Ok(evaluation)
}

/// What the runs at `paths` answer, without their verdicts.
pub(super) fn read_all(paths: &[PathBuf]) -> Result<Vec<StoredAnswer>, InputError> {
    read(paths, false)
}

/// The same, read in parallel, with their verdicts if they are wanted.
fn read(paths: &[PathBuf], with_predictions: bool) -> Result<Vec<StoredAnswer>, InputError> {
    paths.par_iter().map(|path| runs::read(path, with_predictions)).collect()
}

fn check_baseline(evaluation: &Evaluation, baseline: Option<&String>) -> Result<(), InputError> {
    let known: Vec<String> = evaluation.runs.iter().map(|run| run.name.clone()).collect();
    match baseline.filter(|name| !known.contains(name)) {
        Some(name) => {
            let problem = Problem::NotFound { what: "run", name: name.clone(), known };
            Err(InputError::new("", "--baseline", problem))
        }
        None => Ok(()),
    }
}
