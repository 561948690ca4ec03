//! `report`: one HTML file of runs, by themselves or against a ground truth.

use data_anatomy_core::evaluate::estimates::Estimates;
use data_anatomy_core::files::run::StoredAnswer;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::files;

use super::evaluation::{evaluate, read_all};
use super::report_page::{self, Truth};
use crate::args::ReportArgs;

pub(super) fn run(args: &ReportArgs) -> anyhow::Result<Outcome> {
    let html = match &args.ground_truth {
        Some(name) => {
            let truth = Truth::find(name)?;
            let evaluation = evaluate(&args.runs, &truth.spec, &args.view)?;
            report_page::scored(&args.runs, &evaluation, &truth, &args.view)?
        }
        None => {
            let estimates = estimates(&read_all(&args.runs)?);
            report_page::estimated(&args.runs, &estimates, &args.view)?
        }
    };
    if let Some(folder) = args.output.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        files::make_folder(folder)?;
    }
    files::write(&args.output, html.as_bytes())?;
    eprintln!("open in a browser: {}", args.output.display());
    Ok(Outcome::Done)
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
