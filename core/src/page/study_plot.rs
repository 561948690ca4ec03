//! The plots of a study's result, drawn from its `summary.json`.

use serde::Deserialize;

use super::told_plot::ToldPlot;
use crate::messages::printable::printable;
use crate::numeric::interval::Interval;
use crate::openings::figures::OpeningsFigures;
use crate::openings::prepared::TokenMisfit;
use crate::shares::unit::Unit;
use crate::show::plot::Plot;
use crate::show::table::fixed;

/// The plots of a study of openings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StudyPlot {
    /// The estimated shares with their intervals.
    Shares,
    /// Which category the model expects after which.
    Following,
    /// The first tokens that the model expects most.
    Tokens,
}

/// What is drawn of a summary, with the name of its run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct StudyResult {
    /// Name of the run.
    pub run: String,
    summary: ShownSummary,
}

/// What plots need of a summary.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct ShownSummary {
    method: String,
    categories: Vec<String>,
    unit: Unit,
    priors: Option<ShownPriors>,
    #[serde(default)]
    next_from_last: Vec<Vec<f64>>,
    #[serde(default)]
    tokens: Vec<TokenMisfit>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct ShownPriors {
    point: Vec<f64>,
    ci_lo: Option<Vec<f64>>,
    ci_hi: Option<Vec<f64>>,
}

impl ShownPriors {
    fn intervals(&self) -> Option<Vec<Interval>> {
        let (lo, hi) = (self.ci_lo.as_ref()?, self.ci_hi.as_ref()?);
        lo.iter().zip(hi).map(|(&lo, &hi)| Interval::new(lo, hi)).collect()
    }
}

impl StudyResult {
    /// The plots that there are of it, in the order in which they are shown.
    pub fn plots(&self) -> Vec<StudyPlot> {
        StudyPlot::ALL.into_iter().filter(|plot| plot.of(self).is_some()).collect()
    }
}

impl StudyPlot {
    /// Every plot, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Shares, Self::Following, Self::Tokens];

    /// The plot's name, as in file names: `shares`, `following`, `tokens`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shares => "shares",
            Self::Following => "following",
            Self::Tokens => "tokens",
        }
    }

    /// The plot of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plot| plot.name() == name)
    }

    /// The plot of this result; none where it has nothing to show.
    pub fn of(self, result: &StudyResult) -> Option<Box<dyn Plot>> {
        let summary = &result.summary;
        if summary.method != "openings" {
            return None;
        }
        let intervals = summary.priors.as_ref().and_then(ShownPriors::intervals);
        let figures = OpeningsFigures {
            name: &result.run,
            categories: &summary.categories,
            unit: summary.unit,
            estimate: summary.priors.as_ref().map(|priors| priors.point.as_slice()),
            intervals: intervals.as_deref(),
            next_from_last: &summary.next_from_last,
            tokens: &summary.tokens,
        };
        match self {
            Self::Shares => figures.priors().map(boxed),
            Self::Following => figures.following().map(|plot| {
                boxed(ToldPlot { plot, finding: summary.following_finding().unwrap_or_default() })
            }),
            Self::Tokens => {
                let finding = summary.tokens_finding().unwrap_or_default();
                Some(boxed(ToldPlot { plot: figures.tokens(), finding }))
            }
        }
    }
}

impl ShownSummary {
    /// After which category the model expects the same again most, and after which least.
    fn following_finding(&self) -> Option<String> {
        let own = |row: usize| self.next_from_last.get(row)?.get(row).copied();
        let again = self.categories.iter().enumerate();
        let again: Vec<_> = again.filter_map(|(row, name)| Some((name, own(row)?))).collect();
        let by_share = |one: &&(&String, f64), other: &&(&String, f64)| one.1.total_cmp(&other.1);
        let (most, least) = (again.iter().max_by(by_share)?, again.iter().min_by(by_share)?);
        Some(format!(
            "Documents of the category that was before are expected again, most after {} ({} %) and least after {} ({} %).",
            most.0,
            fixed(100.0 * most.1, 1),
            least.0,
            fixed(100.0 * least.1, 1)
        ))
    }

    /// Which of the tokens is explained worst.
    fn tokens_finding(&self) -> Option<String> {
        let misfit = |one: &TokenMisfit| (one.expected - one.explained).abs();
        let worst =
            self.tokens.iter().max_by(|one, other| misfit(one).total_cmp(&misfit(other)))?;
        Some(format!(
            "Of the first tokens that the model expects most, the mixture explains “{}” worst: {} % are expected, {} % \
             explained.",
            printable(&worst.token),
            fixed(100.0 * worst.expected, 1),
            fixed(100.0 * worst.explained, 1)
        ))
    }
}

fn boxed<P: Plot + 'static>(plot: P) -> Box<dyn Plot> {
    Box::new(plot)
}
