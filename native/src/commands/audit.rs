//! `audit`: all kinds of evidence on one model, one answer and one report.

use std::io::Write as _;

use data_anatomy_core::messages::printable::printable;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::files;
use data_anatomy_job::progress::Progress;

use super::report;
use crate::args::AuditArgs;
use crate::audit::{self, Audited};

pub(super) fn run(args: &AuditArgs) -> anyhow::Result<Outcome> {
    let settings = args.settings()?;
    // Before hours of work, not after them.
    let truth = args.ground_truth.as_deref();
    report::check_truth(truth)?;
    let audited = audit::run(&settings, &Progress::new(args.quiet))?;
    print(&audited)?;
    let html = report::html(&audited.folders, truth, &args.view)?;
    let path = settings.run_folder().join("report.html");
    files::write(&path, html.as_bytes())?;
    eprintln!("open in a browser: {}", path.display());
    Ok(if audited.is_partial() { Outcome::PartlyDone } else { Outcome::Done })
}

/// The best answer with its verdict, then a line on each kind of evidence.
fn print(audited: &Audited) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let fused = audited.together().and_then(|together| together.fused.as_ref());
    let openings = audited.openings.as_ref().map(|one| &one.summary);
    let labelshift = audited.labelshift.as_ref().map(|one| &one.summary);
    let best = fused
        .map(|(fused, _)| (&fused.verdict, fused.shares_table().table()))
        .or_else(|| {
            let identified = openings.filter(|summary| summary.identified);
            identified.map(|summary| (&summary.verdict, summary.shares_table().table()))
        })
        .or_else(|| labelshift.map(|summary| (&summary.verdict, summary.shares_table().table())));
    if let Some((verdict, table)) = best {
        write!(out, "{verdict}.\n\n{}\n", table.to_text())?;
    }
    if let Some(together) = audited.together() {
        for diagnostic in &together.diagnostics {
            writeln!(out, "together: {}.", diagnostic.message)?;
        }
    }
    if let Some(summary) = openings {
        writeln!(out, "openings: {}.", summary.verdict)?;
    }
    if let Some(summary) = labelshift {
        writeln!(out, "label shift: {}.", summary.verdict)?;
    }
    for summary in audited.membership.iter().flat_map(|one| &one.summaries) {
        writeln!(out, "membership, {}: {}.", summary.attack.title(), summary.verdict)?;
    }
    for (method, reason) in &audited.failures {
        writeln!(out, "{method}: failed: {}", printable(&format!("{reason:#}")))?;
    }
    Ok(())
}
