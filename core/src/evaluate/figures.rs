//! The plots of an evaluation: which data goes into which plot.
//!
//! A title line and the legends name what is drawn; sizes are in logical pixels.

use crate::evaluate::evaluation::{Evaluation, RunEvaluation};
use crate::evaluate::report;
use crate::show::figure::Figure;
use crate::show::plot::{ErrorBars, GroupedBars, Plot, Series};

/// The plots of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvaluationPlot {
    /// Estimated and published shares side by side.
    Comparison,
    /// Estimate minus truth.
    Errors,
}

impl EvaluationPlot {
    /// Every plot of an evaluation.
    pub const ALL: [Self; 2] = [Self::Comparison, Self::Errors];

    /// The plot's name, as in file names: `comparison`, `comparison_errors`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Comparison => "comparison",
            Self::Errors => "comparison_errors",
        }
    }

    /// The plot of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plot| plot.name() == name)
    }

    /// The plot of this evaluation.
    ///
    /// Runs on other categories than the first run's are left out and counted in the title: they
    /// have plots of their own scheme when evaluated alone.
    pub fn of(self, evaluation: &Evaluation) -> Box<dyn Plot> {
        let shown = same_scheme(evaluation);
        let n_left_out = evaluation.runs.len() - shown.len();
        let left_out = match n_left_out {
            0 => String::new(),
            n => format!(" ({n} runs on other categories are not shown)"),
        };
        let categories = shown.first().map(|run| run.scheme.categories.clone()).unwrap_or_default();
        let truth = shown.first().map(|run| run.ground_truth.clone()).unwrap_or_default();
        let series = shown.iter().map(|run| series(run)).collect();
        let name = &evaluation.spec.name;
        match self {
            Self::Comparison => Box::new(GroupedBars {
                title: format!("Estimated and published mixture of {name}{left_out}"),
                axis_title: share_of(evaluation),
                categories,
                truth: Some(Series::new(format!("published ({name})"), truth)),
                series,
                tolerance: Some(evaluation.tolerance),
            }),
            Self::Errors => Box::new(ErrorBars {
                title: format!(
                    "Error per category against {name}, {}{left_out}",
                    report::shares_of(&evaluation.spec)
                ),
                categories,
                truth,
                series,
                tolerance: Some(evaluation.tolerance),
            }),
        }
    }
}

fn share_of(evaluation: &Evaluation) -> String {
    match evaluation.spec.unit {
        Some(unit) => format!("share of {unit}"),
        None => "share of the training data (unit not stated)".to_owned(),
    }
}

fn same_scheme(evaluation: &Evaluation) -> Vec<&RunEvaluation> {
    let first = evaluation.runs.first().map(|run| &run.scheme.categories);
    let runs = evaluation.runs.iter();
    runs.filter(|run| Some(&run.scheme.categories) == first).collect()
}

fn series(run: &RunEvaluation) -> Series {
    Series::estimated(run.name.as_str(), run.estimate.clone(), run.intervals.as_deref())
}

/// Both plots of an evaluation as figures of a report; none where no run is scored.
pub fn of_evaluation(evaluation: &Evaluation) -> Vec<Figure> {
    if evaluation.runs.is_empty() {
        return Vec::new();
    }
    EvaluationPlot::ALL.into_iter().map(|plot| Figure::of(plot.of(evaluation).as_ref())).collect()
}
