//! The HTML file that shows an evaluation, for `evaluate` and `report` alike.

use std::path::PathBuf;

use anyhow::Context as _;
use data_anatomy_core::evaluate::evaluation::Evaluation;
use data_anatomy_core::evaluate::figures;
use data_anatomy_core::files::spec::Spec;
use data_anatomy_core::page::report_page;
use data_anatomy_core::page::workspace::Workspace;
use data_anatomy_job::files;

use crate::args::ViewArgs;
use crate::{page, runs, specs};

/// The report of an evaluation: the page filled with it, or its readable part alone where this
/// program carries no page, which is said on stderr.
pub(super) fn html(
    paths: &[PathBuf],
    evaluation: &Evaluation,
    spec: &Spec,
    view: &ViewArgs,
) -> anyhow::Result<String> {
    let figures = figures::of_evaluation(evaluation);
    let workspace = workspace(paths, spec, view)?;
    let inspections = workspace.inspections();
    let Some(template) = page::html() else {
        eprintln!("note: {}", page::HOW_TO_GET_IT);
        return Ok(report_page::standalone(evaluation, &figures, &inspections));
    };
    let data = workspace.report_data(&view.options(&spec.id))?;
    report_page::fill(template, &data, evaluation, &figures, &inspections)
        .context("the page cannot be filled")
}

/// The files of the report, opened as the page opens them.
fn workspace(paths: &[PathBuf], spec: &Spec, view: &ViewArgs) -> anyhow::Result<Workspace> {
    let mut workspace = Workspace::new();
    for path in paths {
        let path = runs::summary_path(path);
        workspace.add(&path.display().to_string(), &files::read(&path)?);
        for path in runs::bases(&path) {
            workspace.add(&path.display().to_string(), &files::read(&path)?);
        }
    }
    if data_anatomy_core::files::bundled_specs::find(&spec.id) != Ok(spec) {
        let (path, _) = specs::path_and_variant(&view.ground_truth);
        workspace.add(path, &files::read(path.as_ref())?);
    }
    Ok(workspace)
}
