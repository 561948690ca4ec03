//! `report`: one HTML file of runs and their ground truth.

use data_anatomy_job::exit::Outcome;
use data_anatomy_job::files;

use super::evaluation::evaluate;
use super::report_page;
use crate::args::ReportArgs;
use crate::specs;

pub(super) fn run(args: &ReportArgs) -> anyhow::Result<Outcome> {
    let spec = specs::find(&args.view.ground_truth)?;
    let evaluation = evaluate(&args.runs, &spec, &args.view)?;
    let html = report_page::html(&args.runs, &evaluation, &spec, &args.view)?;
    if let Some(folder) = args.output.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        files::make_folder(folder)?;
    }
    files::write(&args.output, html.as_bytes())?;
    eprintln!("open in a browser: {}", args.output.display());
    Ok(Outcome::Done)
}
