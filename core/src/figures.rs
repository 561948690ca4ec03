//! The plots of an evaluation and of a label-shift run: which data goes into which plot.
//!
//! A title line and the legends name what is drawn; sizes are in logical pixels.

use crate::evaluation::{Evaluation, RunEvaluation};
use crate::interval::Interval;
use crate::plot::{
    ErrorBars, GroupedBars, Heatmap, Plot, Scatter, ScatterPoint, Series, Theme, svg,
};
use crate::report_page::Figure;

/// The width in logical pixels of plots that are not drawn to fit a window.
pub const WIDTH: u32 = 960;

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
                title: format!("Error per category against {name}{left_out}"),
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
        None => "share of the training data".to_owned(),
    }
}

fn same_scheme(evaluation: &Evaluation) -> Vec<&RunEvaluation> {
    let first = evaluation.runs.first().map(|run| &run.scheme.categories);
    let runs = evaluation.runs.iter();
    runs.filter(|run| Some(&run.scheme.categories) == first).collect()
}

fn series(run: &RunEvaluation) -> Series {
    Series {
        name: run.name.clone(),
        values: run.estimate.clone(),
        intervals: ends(run.intervals.as_deref()),
    }
}

fn ends(intervals: Option<&[Interval]>) -> Vec<Option<(f64, f64)>> {
    let intervals = intervals.unwrap_or_default().iter();
    intervals.map(|interval| Some((interval.lo(), interval.hi()))).collect()
}

/// Both plots of an evaluation as figures of a report, light, at [`WIDTH`].
pub fn of_evaluation(evaluation: &Evaluation) -> Vec<Figure> {
    let figure = |plot: EvaluationPlot| {
        let plot = plot.of(evaluation);
        let (width, height) = plot.preferred_size(WIDTH);
        Figure { caption: plot.alt_text(), svg: svg(plot.as_ref(), width, height, Theme::LIGHT) }
    };
    EvaluationPlot::ALL.into_iter().map(figure).collect()
}

/// What the plots of a label-shift run show.
#[derive(Debug, Clone, Copy)]
pub struct LabelshiftFigures<'run> {
    /// Name of the run.
    pub name: &'run str,
    /// The categories.
    pub categories: &'run [String],
    /// The estimate.
    pub estimate: &'run [f64],
    /// Its intervals, if there are any.
    pub intervals: Option<&'run [Interval]>,
    /// Row = true class, column = decision, rows sum to 1; `[n_classes, n_classes]`.
    pub confusion_matrix: &'run [Vec<f64>],
    /// Mean calibrated probability of each category over the generations.
    pub pbar: &'run [f64],
    /// The mean probability that the estimate would lead one to expect: `Cᵀπ`.
    pub expected_pbar: &'run [f64],
}

impl LabelshiftFigures<'_> {
    /// The estimated mixture with its intervals.
    pub fn priors(&self) -> GroupedBars {
        GroupedBars {
            title: format!("Estimated mixture: {}", self.name),
            axis_title: "share of the generated texts".to_owned(),
            categories: self.categories.to_vec(),
            truth: None,
            series: vec![Series {
                name: "estimate".to_owned(),
                values: self.estimate.to_vec(),
                intervals: ends(self.intervals),
            }],
            tolerance: None,
        }
    }

    /// How validation documents were classified.
    pub fn confusion(&self) -> Heatmap {
        Heatmap {
            title: format!("Confusion matrix: {}", self.name),
            note: "each row: how documents of one true category were classified".to_owned(),
            categories: self.categories.to_vec(),
            rows: self.confusion_matrix.to_vec(),
        }
    }

    /// Whether the estimate explains what the classifier saw.
    pub fn fit(&self) -> Scatter {
        let point = |(index, name): (usize, &String)| ScatterPoint {
            name: name.clone(),
            predicted: self.expected_pbar[index],
            observed: self.pbar[index],
            interval: None,
        };
        Scatter {
            title: format!("Does the estimate explain the texts? {}", self.name),
            predicted_title: "expected mean probability: confusion matrix times estimate"
                .to_owned(),
            observed_title: "observed mean probability".to_owned(),
            points: self.categories.iter().enumerate().map(point).collect(),
        }
    }
}
