//! `report`: one HTML file of runs, by themselves or against a ground truth.

use data_anatomy_core::evaluate::estimates::Estimates;
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
            let estimates = Estimates::of(read_all(&args.runs)?.iter());
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
