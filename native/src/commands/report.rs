//! `report`: one HTML file of runs, by themselves or against a ground truth.

use std::path::PathBuf;

use data_anatomy_core::evaluate::estimates::Estimates;
use data_anatomy_core::files::run::StoredAnswer;
use data_anatomy_core::messages::input_error::InputError;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::files;

use super::evaluation::{evaluate, read_all};
use super::report_page::{self, Truth};
use crate::args::{ReportArgs, ViewArgs};

pub(super) fn run(args: &ReportArgs) -> anyhow::Result<Outcome> {
    let html = html(&args.runs, args.ground_truth.as_deref(), &args.view)?;
    if let Some(folder) = args.output.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        files::make_folder(folder)?;
    }
    files::write(&args.output, html.as_bytes())?;
    eprintln!("open in a browser: {}", args.output.display());
    Ok(Outcome::Done)
}

/// The report of the runs in these folders, against a ground truth where one is named.
pub(super) fn html(
    runs: &[PathBuf],
    truth: Option<&str>,
    view: &ViewArgs,
) -> anyhow::Result<String> {
    let Some(name) = truth else {
        let estimates = estimates(&read_all(runs)?);
        return report_page::estimated(runs, &estimates, view);
    };
    let truth = Truth::find(name)?;
    let evaluation = evaluate(runs, &truth.spec, view)?;
    report_page::scored(runs, &evaluation, &truth, view)
}

/// Refuses a ground truth that is not there.
pub(super) fn check_truth(truth: Option<&str>) -> Result<(), InputError> {
    truth.map_or(Ok(()), |name| Truth::find(name).map(|_| ()))
}

/// What runs answer, by themselves.
fn estimates(answers: &[StoredAnswer]) -> Estimates {
    let runs = answers.iter().filter_map(|answer| match answer {
        StoredAnswer::Mixture(run) => Some(run.as_ref()),
        StoredAnswer::Unidentified(_) => None,
    });
    let others = answers.iter().filter_map(|answer| match answer {
        StoredAnswer::Mixture(_) => None,
        StoredAnswer::Unidentified(run) => Some(run.as_ref()),
    });
    Estimates::of(runs).and_unidentified(others)
}
