//! `evaluate`: scores runs against a published mixture.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use data_anatomy_core::evaluate::evaluation::{Evaluation, Evaluator};
use data_anatomy_core::evaluate::figures::EvaluationPlot;
use data_anatomy_core::evaluate::report;
use data_anatomy_core::files::run::Run;
use data_anatomy_core::files::spec::Spec;
use data_anatomy_core::messages::input_error::{InputError, Problem};
use data_anatomy_core::messages::printable::printable;
use data_anatomy_core::page::workspace::evaluate_options;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::files;
use rayon::prelude::*;

use crate::args::{EvaluateArgs, ViewArgs};
use crate::plots;
use crate::runs;
use crate::specs;

/// Runs read at a time: enough for all cores, few enough to keep memory flat.
const RUNS_AT_A_TIME: usize = 64;

pub(super) fn run(args: &EvaluateArgs) -> anyhow::Result<Outcome> {
    let spec = specs::find(&args.view.ground_truth)?;
    let paths = args.runs();
    let evaluation = evaluate(&paths, &spec, &args.view)?;
    print(&evaluation, args.json)?;
    if let Some(folder) = &args.output_dir {
        write_outputs(folder, &paths, &evaluation, &spec, args)?;
    }
    let failed =
        |bar: f64| evaluation.runs.iter().any(|run| !(run.metrics.overlap_accuracy >= bar));
    Ok(if args.fail_below.is_some_and(failed) { Outcome::GateFailed } else { Outcome::Done })
}

/// The evaluation of the runs at `paths`, read in parallel a few at a time.
pub(super) fn evaluate(
    paths: &[PathBuf],
    spec: &Spec,
    view: &ViewArgs,
) -> Result<Evaluation, InputError> {
    let options = evaluate_options(&view.options(&spec.id))?;
    let mut evaluator = Evaluator::new(spec, &options);
    let with_predictions = options.baseline.is_some();
    for some in paths.chunks(RUNS_AT_A_TIME) {
        let read: Vec<Result<Run, InputError>> =
            some.par_iter().map(|path| runs::read(path, with_predictions)).collect();
        for run in read {
            evaluator.add(&run?)?;
        }
    }
    let evaluation = evaluator.finish();
    check_baseline(&evaluation, view.baseline.as_ref())?;
    Ok(evaluation)
}

fn check_baseline(evaluation: &Evaluation, baseline: Option<&String>) -> Result<(), InputError> {
    let known: Vec<String> = evaluation.runs.iter().map(|run| run.name.clone()).collect();
    match baseline.filter(|name| !known.contains(name)) {
        Some(name) => {
            let problem = Problem::NotFound { what: "run", name: name.clone(), known };
            Err(InputError::new("", "--baseline", problem))
        }
        None => Ok(()),
    }
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
    writeln!(out, "{}\n", report::title(evaluation))?;
    out.write_all(report::terminal_table(evaluation).to_text().as_bytes())?;
    if let [only] = evaluation.runs.as_slice() {
        let table = report::categories_table(only, evaluation.tolerance);
        write!(out, "\n{}", table.to_text())?;
    }
    for sentence in evaluation.runs.iter().filter_map(report::classifiers_sentence) {
        writeln!(out, "\n{sentence}")?;
    }
    for group in report::doubt_groups(evaluation) {
        writeln!(out, "\n{}", printable(group.title))?;
        for doubt in group.doubts {
            writeln!(out, "  {}", report::diagnostic_line(doubt))?;
        }
    }
    Ok(())
}

fn write_outputs(
    folder: &Path,
    paths: &[PathBuf],
    evaluation: &Evaluation,
    spec: &Spec,
    args: &EvaluateArgs,
) -> anyhow::Result<()> {
    files::make_folder(folder)?;
    files::write(&folder.join("evaluation.json"), evaluation.to_json().as_bytes())?;
    if !args.no_report {
        files::write(&folder.join("report.md"), report::markdown(evaluation).as_bytes())?;
        let html = super::report::html(paths, evaluation, spec, &args.view)?;
        files::write(&folder.join("report.html"), html.as_bytes())?;
    }
    if !args.no_plots {
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
