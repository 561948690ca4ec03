//! `evaluate`: scores runs against a published mixture.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use data_anatomy_core::account::run_account::RunAccount;
use data_anatomy_core::evaluate::accounts;
use data_anatomy_core::evaluate::evaluation::Evaluation;
use data_anatomy_core::evaluate::figures::EvaluationPlot;
use data_anatomy_core::evaluate::finding::Finding;
use data_anatomy_core::evaluate::report;
use data_anatomy_core::messages::printable::printable;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::files;

use super::evaluation::evaluate;
use super::report_page::{self, Truth};
use crate::args::EvaluateArgs;
use crate::plots;

pub(super) fn run(args: &EvaluateArgs) -> anyhow::Result<Outcome> {
    let truth = Truth::find(&args.ground_truth)?;
    let paths = args.runs();
    let evaluation = evaluate(&paths, &truth.spec, &args.view)?;
    print(&evaluation, args.json)?;
    if let Some(folder) = &args.output_dir {
        write_outputs(folder, &paths, &evaluation, &truth, args)?;
    }
    // A run without a mixture is below any bar.
    let failed = |bar: f64| {
        let is_below = |accuracy: f64| !(accuracy >= bar);
        !evaluation.unidentified.is_empty()
            || evaluation.runs.iter().any(|run| is_below(run.metrics.overlap_accuracy))
    };
    Ok(if args.fail_below.is_some_and(failed) { Outcome::GateFailed } else { Outcome::Done })
}

fn print(evaluation: &Evaluation, json: bool) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    if json {
        out.write_all(evaluation.to_json().as_bytes())?;
    } else {
        print_text(&mut out, evaluation)?;
    }
    out.flush()
}

fn print_text(out: &mut impl io::Write, evaluation: &Evaluation) -> io::Result<()> {
    let finding = Finding::of(evaluation);
    writeln!(out, "{}", report::title(evaluation))?;
    for line in finding.verdict_lines() {
        writeln!(out, "{}", printable(&line))?;
    }
    writeln!(out, "{}\n", printable(&finding.text))?;
    if !evaluation.runs.is_empty() {
        out.write_all(report::terminal_table(evaluation).to_text().as_bytes())?;
    }
    if let [only] = evaluation.runs.as_slice() {
        let table = report::categories_table(only, evaluation.tolerance);
        write!(out, "\n{}", table.to_text())?;
    }
    for sentence in evaluation.runs.iter().filter_map(report::classifiers_sentence) {
        writeln!(out, "\n{sentence}")?;
    }
    for run in &evaluation.unidentified {
        writeln!(out, "{}", printable(&run.name))?;
        for sentence in run.sentences() {
            writeln!(out, "  {sentence}")?;
        }
        if let Some(table) = run.member_shares_table() {
            write!(out, "\n{}", table.to_text())?;
        }
    }
    for group in report::doubt_groups(evaluation) {
        writeln!(out, "\n{}", printable(group.title))?;
        for doubt in group.doubts {
            writeln!(out, "  {}", report::diagnostic_line(doubt))?;
        }
    }
    print_accounts(out, evaluation)
}

/// What was run: of one run all of it, of several a line each.
fn print_accounts(out: &mut impl io::Write, evaluation: &Evaluation) -> io::Result<()> {
    let scored = evaluation.runs.iter().map(|run| (&run.name, &run.account));
    let others = evaluation.unidentified.iter().map(|run| (&run.name, &run.account));
    let all: Vec<(&String, &RunAccount)> = scored.chain(others).collect();
    if let [(name, account)] = all.as_slice() {
        return write!(out, "\n{}", accounts::text(name, account));
    }
    writeln!(out, "\nWhat was run")?;
    all.iter()
        .try_for_each(|(name, account)| writeln!(out, "  {}: {}", printable(name), account.line()))
}

fn write_outputs(
    folder: &Path,
    paths: &[PathBuf],
    evaluation: &Evaluation,
    truth: &Truth<'_>,
    args: &EvaluateArgs,
) -> anyhow::Result<()> {
    files::make_folder(folder)?;
    files::write(&folder.join("evaluation.json"), evaluation.to_json().as_bytes())?;
    if !args.no_report {
        files::write(&folder.join("report.md"), report::markdown(evaluation).as_bytes())?;
        let html = report_page::scored(paths, evaluation, truth, &args.view)?;
        files::write(&folder.join("report.html"), html.as_bytes())?;
    }
    if !args.no_plots && !evaluation.runs.is_empty() {
        for plot in EvaluationPlot::ALL {
            let name = format!("{}.png", plot.name());
            plots::write(&folder.join(name), plot.of(evaluation).as_ref())?;
        }
    }
    eprintln!("written to {}", folder.display());
    if !args.no_report {
        eprintln!("open in a browser: {}", folder.join("report.html").display());
    }
    Ok(())
}
