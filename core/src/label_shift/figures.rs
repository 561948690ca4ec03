//! The plots of a label-shift run: which data goes into which plot.

use crate::label_shift::trust::DecisionRecord;
use crate::numeric::interval::Interval;
use crate::shares::unit::Unit;
use crate::show::plot::{GroupedBars, Heatmap, RowReading, Scatter, ScatterPoint, Series};

/// What the plots of a label-shift run show.
#[derive(Debug, Clone, Copy)]
pub struct LabelshiftFigures<'run> {
    /// Name of the run.
    pub name: &'run str,
    /// The categories.
    pub categories: &'run [String],
    /// What the shares are shares of.
    pub unit: Unit,
    /// The estimate.
    pub estimate: &'run [f64],
    /// Its intervals, if there are any.
    pub intervals: Option<&'run [Interval]>,
    /// Row = true class, column = decision, rows sum to 1; `[n_classes, n_classes]`.
    pub confusion_matrix: &'run [Vec<f64>],
    /// What the classifier decides of the texts, and of documents mixed by the estimate.
    pub decisions: &'run [DecisionRecord],
}

impl LabelshiftFigures<'_> {
    /// The estimated mixture with its intervals.
    pub fn priors(&self) -> GroupedBars {
        GroupedBars {
            title: format!("Estimated mixture: {}", self.name),
            axis_title: format!("share of {} trained on", self.unit),
            categories: self.categories.to_vec(),
            truth: None,
            series: vec![Series::estimated("estimate", self.estimate.to_vec(), self.intervals)],
            tolerance: None,
        }
    }

    /// How validation documents were classified.
    pub fn confusion(&self) -> Heatmap {
        Heatmap {
            title: format!("Confusion matrix: {}", self.name),
            reading: RowReading::Confusion,
            categories: self.categories.to_vec(),
            rows: self.confusion_matrix.to_vec(),
        }
    }

    /// Whether the estimate explains what the classifier saw: each kind of decision, with an interval of two
    /// standard errors. Mean probabilities would not do, as `pacc` chooses the mixture that explains them.
    pub fn fit(&self) -> Scatter {
        let point = |one: &DecisionRecord| ScatterPoint {
            name: one.name(),
            predicted: one.expected,
            observed: one.seen,
            interval: Some((
                (one.seen - 2.0 * one.standard_error).max(0.0),
                (one.seen + 2.0 * one.standard_error).min(1.0),
            )),
        };
        Scatter {
            title: format!("Does the estimate explain the texts? {}", self.name),
            predicted_title: "expected: share among documents mixed by the estimate".to_owned(),
            observed_title: "seen: share of the texts so decided".to_owned(),
            points: self.decisions.iter().map(point).collect(),
        }
    }
}
