//! The plots of an openings run: which data goes into which plot.

use super::prepared::TokenMisfit;
use crate::numeric::interval::Interval;
use crate::shares::unit::Unit;
use crate::show::plot::{GroupedBars, Heatmap, RowReading, Series};

/// What the plots of an openings run show.
#[derive(Debug, Clone, Copy)]
pub struct OpeningsFigures<'run> {
    /// Name of the run.
    pub name: &'run str,
    /// The categories.
    pub categories: &'run [String],
    /// What the shares are shares of.
    pub unit: Unit,
    /// The estimate; none where there is no answer.
    pub estimate: Option<&'run [f64]>,
    /// Its intervals, if there are any.
    pub intervals: Option<&'run [Interval]>,
    /// Row = category before, column = category expected next; rows sum to 1. One row where no document was before.
    pub next_from_last: &'run [Vec<f64>],
    /// The tokens that the model expects most, each with what the mixture explains.
    pub tokens: &'run [TokenMisfit],
}

impl OpeningsFigures<'_> {
    /// The estimated mixture with its intervals; none where there is no answer.
    pub fn priors(&self) -> Option<GroupedBars> {
        let estimate = self.estimate?.to_vec();
        Some(GroupedBars {
            title: format!("Estimated mixture: {}", self.name),
            axis_title: format!("share of {} trained on", self.unit),
            categories: self.categories.to_vec(),
            truth: None,
            series: vec![Series::estimated("estimate", estimate, self.intervals)],
            tolerance: None,
        })
    }

    /// What the model expects after what; none where no document was before.
    pub fn following(&self) -> Option<Heatmap> {
        (self.next_from_last.len() == self.categories.len()).then(|| Heatmap {
            title: format!("What the model expects after what: {}", self.name),
            reading: RowReading::Following,
            categories: self.categories.to_vec(),
            rows: self.next_from_last.to_vec(),
        })
    }

    /// The first tokens that the model expects most, beside what the mixture explains.
    pub fn tokens(&self) -> GroupedBars {
        let values = |value: fn(&TokenMisfit) -> f64| self.tokens.iter().map(value).collect();
        GroupedBars {
            title: format!("First tokens: {}", self.name),
            axis_title: "share of what the model expects first".to_owned(),
            categories: self.tokens.iter().map(|one| format!("“{}”", one.token)).collect(),
            truth: None,
            series: vec![
                Series::new("the model expects", values(|one| one.expected)),
                Series::new("the mixture explains", values(|one| one.explained)),
            ],
            tolerance: None,
        }
    }
}
