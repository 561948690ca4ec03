//! `minkpp` and `membership`: which documents a model was trained on, by what it says of their tokens.

use std::io::Write;

use data_anatomy_core::evaluate::report;
use data_anatomy_core::membership::summary::MembershipSummary;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::progress::Progress;

use crate::args::{MembershipArgs, MinkppArgs};
use crate::membership::{self, Finished, Settings, attacks};

pub(super) fn minkpp(args: &MinkppArgs) -> anyhow::Result<Outcome> {
    run(&args.settings()?, args.analysis.quiet, args.analysis.json)
}

pub(super) fn membership(args: &MembershipArgs) -> anyhow::Result<Outcome> {
    run(&args.settings()?, args.analysis.quiet, args.analysis.json)
}

fn run(settings: &Settings, quiet: bool, json: bool) -> anyhow::Result<Outcome> {
    let finished = membership::run(settings, &Progress::new(quiet))?;
    let mut out = std::io::stdout().lock();
    match (json, finished.summaries.as_slice()) {
        (true, [only]) => out.write_all(only.to_json().as_bytes())?,
        (true, summaries) => serde_json::to_writer_pretty(out, summaries)?,
        (false, _) => print(&mut out, &finished)?,
    }
    Ok(Outcome::Done)
}

/// The results, for a terminal.
fn print(out: &mut impl Write, finished: &Finished) -> std::io::Result<()> {
    let Finished { collected, results, summaries } = finished;
    for summary in summaries {
        writeln!(out, "{}\n{}.\n", summary.attack.title(), summary.verdict)?;
        writeln!(out, "{}", summary.categories_table().to_text())?;
    }
    let doubts = match summaries.as_slice() {
        [only] => only.diagnostics.clone(),
        several => MembershipSummary::doubts_of_all(several),
    };
    for diagnostic in &doubts {
        writeln!(out, "{}", report::diagnostic_line(diagnostic))?;
    }
    writeln!(out)?;
    if results.iter().any(|result| result.quality.iter().any(Option::is_some)) {
        write!(out, "{}", attacks::overview(collected, results).to_text())?;
    }
    for skipped in &collected.skipped {
        writeln!(out, "left out: {}: {}", skipped.attack.name(), skipped.remedy)?;
    }
    Ok(())
}
