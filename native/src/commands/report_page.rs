//! The HTML file that shows runs, for `evaluate` and `report` alike.

use std::path::PathBuf;

use anyhow::Context as _;
use data_anatomy_core::evaluate::estimates::{self, Estimates};
use data_anatomy_core::evaluate::evaluation::Evaluation;
use data_anatomy_core::evaluate::figures;
use data_anatomy_core::files::bundled_specs;
use data_anatomy_core::files::spec::Spec;
use data_anatomy_core::messages::input_error::InputError;
use data_anatomy_core::page::report_page::{self, Shown};
use data_anatomy_core::page::workspace::Workspace;
use data_anatomy_core::show::figure::Figure;
use data_anatomy_job::files;

use crate::args::ViewArgs;
use crate::{page, runs, specs};

/// A ground truth, and how it was asked for.
pub(super) struct Truth<'name> {
    name: &'name str,
    /// The ground truth.
    pub(super) spec: Spec,
}

impl<'name> Truth<'name> {
    /// The ground truth of this name or path.
    pub(super) fn find(name: &'name str) -> Result<Self, InputError> {
        Ok(Self { name, spec: specs::find(name)? })
    }
}

/// The report of an evaluation.
pub(super) fn scored(
    paths: &[PathBuf],
    evaluation: &Evaluation,
    truth: &Truth<'_>,
    view: &ViewArgs,
) -> anyhow::Result<String> {
    let figures = figures::of_evaluation(evaluation);
    html(paths, Shown::Scored(evaluation), &figures, Some(truth), view)
}

/// The report of estimates that nothing is compared with.
pub(super) fn estimated(
    paths: &[PathBuf],
    estimates: &Estimates,
    view: &ViewArgs,
) -> anyhow::Result<String> {
    html(paths, Shown::Estimated(estimates), &estimates::figures(estimates), None, view)
}

/// The page filled with these, or its readable part alone where this program carries no page, which is said on stderr.
fn html(
    paths: &[PathBuf],
    shown: Shown<'_>,
    figures: &[Figure],
    truth: Option<&Truth<'_>>,
    view: &ViewArgs,
) -> anyhow::Result<String> {
    let workspace = workspace(paths, truth)?;
    let inspections = workspace.inspections();
    let Some(template) = page::html() else {
        eprintln!("note: {}", page::HOW_TO_GET_IT);
        return Ok(report_page::standalone(shown, figures, &inspections));
    };
    let data = workspace.report_data(&view.options(truth.map(|truth| &truth.spec)))?;
    report_page::fill(template, &data, shown, figures, &inspections)
        .context("the page cannot be filled")
}

/// The files of the report, opened as the page opens them.
fn workspace(paths: &[PathBuf], truth: Option<&Truth<'_>>) -> anyhow::Result<Workspace> {
    let mut workspace = Workspace::new();
    for path in paths {
        let path = runs::summary_path(path);
        workspace.add(&path.display().to_string(), &files::read(&path)?);
        for path in runs::bases(&path) {
            workspace.add(&path.display().to_string(), &files::read(&path)?);
        }
    }
    if let Some(truth) = truth.filter(|one| bundled_specs::find(&one.spec.id) != Ok(&one.spec)) {
        let (path, _) = specs::path_and_variant(truth.name);
        workspace.add(path, &files::read(path.as_ref())?);
    }
    Ok(workspace)
}
