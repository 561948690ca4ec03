//! What an evaluation found, in a sentence or two: the headline of page and report.

use serde::Serialize;

use crate::evaluate::evaluation::{Evaluation, RunEvaluation};
use crate::evaluate::unidentified::UnidentifiedView;
use crate::evaluate::verdicts::RunVerdict;
use crate::numeric::interval::Interval;
use crate::show::table::fixed;

/// A headline and what stands below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What each run's result is good for, before any number.
    pub verdicts: Vec<RunVerdict>,
    /// The headline.
    pub heading: String,
    /// The result.
    pub text: String,
}

impl Finding {
    /// What the evaluation found. A run is called closest only where paired tests say so.
    pub fn of(evaluation: &Evaluation) -> Self {
        let unidentified = evaluation.unidentified.iter();
        let without: Vec<String> = unidentified.map(UnidentifiedView::sentence).collect();
        let heading = match evaluation.runs.as_slice() {
            [] if !without.is_empty() => "No mixture found".to_owned(),
            _ => evaluation.spec.name.clone(),
        };
        let mut text = match evaluation.runs.as_slice() {
            [] if !without.is_empty() => String::new(),
            [] => "No run could be scored against this ground truth.".to_owned(),
            [only] => {
                format!("“{}” places {}. {}", only.name, placed(only), units(evaluation))
            }
            runs => format!("{} {}", of_several(evaluation, runs), units(evaluation)),
        };
        for sentence in without {
            let gap = if text.is_empty() { "" } else { " " };
            text.push_str(&format!("{gap}{sentence}"));
        }
        let scored = evaluation.runs.iter().map(|run| (&run.name, run.verdict.as_ref()));
        let others = evaluation.unidentified.iter().map(|run| (&run.name, run.verdict.as_ref()));
        let verdicts =
            scored.chain(others).map(|(name, verdict)| RunVerdict::of(name, verdict)).collect();
        Self { verdicts, heading, text }
    }
}

impl Finding {
    /// The verdicts as lines, which name the run where there are several.
    pub fn verdict_lines(&self) -> impl Iterator<Item = String> {
        self.verdicts.iter().map(|verdict| verdict.line(self.verdicts.len() == 1))
    }
}

fn of_several(evaluation: &Evaluation, runs: &[RunEvaluation]) -> String {
    let n_runs = runs.len();
    let closest = evaluation.closest.as_ref();
    if let Some(run) = closest.and_then(|name| runs.iter().find(|run| run.name == *name)) {
        return format!("Of {n_runs} runs, “{}” is closest: it places {}.", run.name, placed(run));
    }
    let accuracies = runs.iter().map(|run| run.metrics.overlap_accuracy);
    let least = accuracies.clone().fold(f64::INFINITY, f64::min);
    let most = accuracies.fold(f64::NEG_INFINITY, f64::max);
    format!(
        "{n_runs} runs place {} to {} of the mixture rightly; no clear difference between them by a paired test.",
        percent(least),
        percent(most)
    )
}

/// How much a run has right, and a guess that never saw the model.
fn placed(run: &RunEvaluation) -> String {
    let accuracy = run.metrics.overlap_accuracy;
    let interval = run.overlap_accuracy_ci.map_or_else(String::new, |interval: Interval| {
        format!(" ({} to {})", percent(interval.lo()), percent(interval.hi()))
    });
    let guess = run.baselines.best();
    let verdict = if accuracy > guess {
        "the best blind guess reaches"
    } else {
        "a blind guess does as well or better, with"
    };
    format!("{} of the mixture rightly{interval}; {verdict} {}", percent(accuracy), percent(guess))
}

/// What the shares are shares of, on both sides.
fn units(evaluation: &Evaluation) -> String {
    let runs = &evaluation.runs;
    let first = runs.first().and_then(|run| run.unit);
    let runs_count = match first {
        Some(unit) if runs.iter().all(|run| run.unit == first) => format!("shares of {unit}"),
        None if runs.iter().all(|run| run.unit.is_none()) => "shares of an unknown unit".to_owned(),
        _ => "shares of different units".to_owned(),
    };
    match evaluation.spec.unit {
        Some(unit) if runs_count == format!("shares of {unit}") => {
            format!("Shares are counted in {unit}.")
        }
        Some(unit) => format!("The runs give {runs_count}, the ground truth counts {unit}."),
        None => {
            format!("The runs give {runs_count}; the ground truth does not say what it counts.")
        }
    }
}

fn percent(share: f64) -> String {
    format!("{} %", fixed(100.0 * share, 1))
}
