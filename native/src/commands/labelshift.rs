//! `labelshift`: from reference documents and a model's texts to an estimated mixture.

use std::io::Write as _;

use data_anatomy_core::evaluate::report;
use data_anatomy_core::label_shift::summary::Summary;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::progress::Progress;
use serde_json::Value;

use super::fused;
use crate::args::LabelshiftArgs;
use crate::labelshift;

pub(super) fn run(args: &LabelshiftArgs) -> anyhow::Result<Outcome> {
    let settings = args.settings()?;
    let progress = Progress::new(args.quiet);
    let without_effect = args.drawing.given();
    if settings.writes_nothing() && !without_effect.is_empty() {
        progress.say(&format!("without effect on given texts: {}", without_effect.join(" ")));
    }
    let finished = labelshift::run(&settings, &progress)?;
    if args.json {
        write!(std::io::stdout().lock(), "{}", finished.summary.to_json())?;
    } else {
        fused::print(finished.together.as_ref())?;
        print(&finished.summary)?;
    }
    Ok(if finished.is_partial { Outcome::PartlyDone } else { Outcome::Done })
}

/// What the classifier was measured on, in words.
fn measured_on(summary: &Summary) -> &'static str {
    match summary.config.get("calibration_source").and_then(Value::as_str) {
        Some("echo") => "echoes",
        Some("both") => "documents and echoes",
        _ => "validation documents",
    }
}

/// The estimate and its doubts, for a terminal.
pub(super) fn print(summary: &Summary) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}.\n", summary.verdict)?;
    write!(out, "{}", summary.shares_table().table().to_text())?;
    if let Some(sentence) = summary.unknown_sentence() {
        writeln!(out, "\n{sentence}")?;
    }
    let metrics = &summary.val_metrics;
    writeln!(
        out,
        "\nclassifier: {:.1} % of {} {} right, macro F1 {:.3}; estimator {}",
        100.0 * metrics.val_acc,
        metrics.n_docs.iter().sum::<usize>(),
        measured_on(summary),
        metrics.macro_f1,
        summary.estimator.name,
    )?;
    for diagnostic in &summary.diagnostics {
        writeln!(out, "{}", report::diagnostic_line(diagnostic))?;
    }
    Ok(())
}
