//! `openings`: from reference documents and what a model expects after them to an estimated mixture.

use std::io::Write as _;

use data_anatomy_core::evaluate::report;
use data_anatomy_core::openings::summary::OpeningsSummary;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::progress::Progress;

use super::fused;
use crate::args::OpeningsArgs;
use crate::openings;

pub(super) fn run(args: &OpeningsArgs) -> anyhow::Result<Outcome> {
    let settings = args.settings()?;
    let finished = openings::run(&settings, &Progress::new(args.quiet))?;
    if args.json {
        write!(std::io::stdout().lock(), "{}", finished.summary.to_json())?;
    } else {
        fused::print(finished.together.as_ref())?;
        print(&finished.summary)?;
    }
    Ok(if finished.is_partial { Outcome::PartlyDone } else { Outcome::Done })
}

/// The estimate and its doubts, for a terminal; where there is no answer, why.
pub(super) fn print(summary: &OpeningsSummary) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}.\n", summary.verdict)?;
    if summary.identified {
        write!(out, "{}", summary.shares_table().table().to_text())?;
        writeln!(out)?;
    }
    for diagnostic in &summary.diagnostics {
        writeln!(out, "{}", report::diagnostic_line(diagnostic))?;
    }
    Ok(())
}
