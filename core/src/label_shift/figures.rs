//! The plots of a label-shift run: which data goes into which plot.

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
