//! What every summary records beside its numbers: where they come from, and how to repeat them.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use crate::messages::diagnostic::Diagnostic;
use crate::numeric::interval::Interval;
use crate::numeric::math::{mean, total_variation};

/// Decimals of a stored replicate: far below its noise, and short in the file.
const REPLICATE_DECIMALS: f64 = 1e6;

/// The JSON text of a file, indented, ending in a new line.
pub(crate) fn json_text(file: &impl Serialize) -> String {
    // Maps in files have string keys alone, so that writing cannot fail.
    let mut text = serde_json::to_string_pretty(file).unwrap_or_default();
    text.push('\n');
    text
}

/// Where a run's record names the settings that differ from their defaults.
pub const CHANGED: &str = "changed";

/// The names of the settings that are others than usual, those within a group by their own names.
pub fn changed(settings: &Map<String, Value>, usual: &Map<String, Value>) -> Vec<String> {
    let names = settings.iter().flat_map(|(name, value)| match (value, usual.get(name)) {
        (own, Some(usual)) if own == usual => Vec::new(),
        (Value::Object(own), Some(Value::Object(usual))) => changed(own, usual),
        _ => vec![name.clone()],
    });
    names.collect()
}

/// The program that wrote a summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRecord {
    /// `data-anatomy`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The commit it was built from.
    pub commit: String,
}

impl ToolRecord {
    /// data-anatomy used as a library, in a build that does not know its commit.
    pub fn unnamed_build() -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { name: "data-anatomy".to_owned(), version, commit: "unknown".to_owned() }
    }
}

/// What surrounds the numbers of a run: where they come from and how to repeat them.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// The program.
    pub tool: ToolRecord,
    /// When the run ended (RFC 3339, UTC), if known.
    pub created: Option<String>,
    /// Every setting.
    pub config: Map<String, Value>,
    /// SHA-256 and counts of every input.
    pub inputs: Value,
    /// Doubts that arose before the study.
    pub diagnostics: Vec<Diagnostic>,
}

/// The estimate with its uncertainty, in category order and in the study's unit.
#[derive(Debug, Clone, Serialize)]
pub struct Priors {
    /// The estimate.
    pub point: Vec<f64>,
    /// Mean of the bootstrap replicates; the estimate itself where there are none.
    pub mean: Vec<f64>,
    /// Lower ends of the intervals, if any.
    pub ci_lo: Option<Vec<f64>>,
    /// Upper ends of the intervals, if any.
    pub ci_hi: Option<Vec<f64>>,
    /// Level of the intervals, if any.
    pub level: Option<f64>,
    /// The replicates, `[n_replicates, n_categories]`, to six decimals: what intervals of joined
    /// categories and of scores are made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicates: Option<Box<RawValue>>,
}

impl Priors {
    /// Shares with all that says how sure they are; replicates are kept where there are intervals.
    pub(crate) fn new(shares: SharesRecord, level: f64, replicates: &[Vec<f64>]) -> Self {
        let SharesRecord { point, mean, ci_lo, ci_hi } = shares;
        let short = |share: &f64| (share * REPLICATE_DECIMALS).round() / REPLICATE_DECIMALS;
        let rows = || -> Vec<Vec<f64>> {
            replicates.iter().map(|row| row.iter().map(short).collect()).collect()
        };
        let has_intervals = ci_lo.is_some();
        Self {
            point,
            mean,
            ci_lo,
            ci_hi,
            level: has_intervals.then_some(level),
            // On one line: a number a line would make it the most of the file.
            replicates: has_intervals.then(|| to_raw_value(&rows()).ok()).flatten(),
        }
    }

    /// The intervals, if there are any.
    pub fn intervals(&self) -> Option<Vec<Interval>> {
        let (lo, hi) = (self.ci_lo.as_ref()?, self.ci_hi.as_ref()?);
        lo.iter().zip(hi).map(|(lo, hi)| Interval::new(*lo, *hi)).collect()
    }
}

/// Shares in one unit, in category order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharesRecord {
    /// The estimate.
    pub point: Vec<f64>,
    /// Mean of the replicates; the estimate itself where there are none.
    pub mean: Vec<f64>,
    /// Lower ends of the intervals, if any.
    pub ci_lo: Option<Vec<f64>>,
    /// Upper ends of the intervals, if any.
    pub ci_hi: Option<Vec<f64>>,
}

impl SharesRecord {
    /// The record of an estimate with its replicates and their central intervals at `level`, which hold the estimate.
    pub(crate) fn with_central(point: Vec<f64>, replicates: &[Vec<f64>], level: f64) -> Self {
        let intervals = central_intervals(&point, replicates, level);
        Self::new(point, replicates, intervals.as_deref())
    }

    /// The record of an estimate with its replicates, `[n_replicates, n_categories]`, and intervals, if any.
    pub(crate) fn new(
        point: Vec<f64>,
        replicates: &[Vec<f64>],
        intervals: Option<&[Interval]>,
    ) -> Self {
        let ends = |end: fn(Interval) -> f64| {
            intervals.map(|all| all.iter().map(|&interval| end(interval)).collect())
        };
        Self {
            mean: mean_of(replicates).unwrap_or_else(|| point.clone()),
            ci_lo: ends(Interval::lo),
            ci_hi: ends(Interval::hi),
            point,
        }
    }
}

/// The mean distance of replicates, `[n_replicates, n_categories]`, from the estimate, half their L1 distance: the
/// error `1 - Acc` that they lead one to expect. None without replicates.
pub(crate) fn expected_error(point: &[f64], replicates: &[Vec<f64>]) -> Option<f64> {
    let errors: Vec<f64> = replicates.iter().map(|row| total_variation(point, row)).collect();
    mean(&errors)
}

/// Intervals from quantile to quantile of the replicates, `[n_replicates, n_categories]`, that hold the estimate; none
/// without replicates.
fn central_intervals(point: &[f64], replicates: &[Vec<f64>], level: f64) -> Option<Vec<Interval>> {
    let interval = |category: usize| {
        let drawn: Vec<f64> = replicates.iter().map(|row| row[category]).collect();
        let central = Interval::central(&drawn, level)?;
        let share = point[category];
        Interval::new(central.lo().min(share), central.hi().max(share))
    };
    (0..point.len()).map(interval).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a count of replicates")]
fn mean_of(rows: &[Vec<f64>]) -> Option<Vec<f64>> {
    let mut total = rows.first()?.clone();
    for row in &rows[1..] {
        total.iter_mut().zip(row).for_each(|(sum, entry)| *sum += entry);
    }
    let n = rows.len() as f64;
    total.iter_mut().for_each(|entry| *entry /= n);
    Some(total)
}

/// The same estimate in each unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharesByUnit {
    /// Of documents.
    pub documents: SharesRecord,
    /// Of tokens; none where the lengths of documents are not known.
    pub tokens: Option<SharesRecord>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_settings_that_are_others_than_usual_are_named() {
        let map = |value: Value| value.as_object().cloned().unwrap_or_default();
        let usual = map(json!({"a": 1, "b": null, "group": {"c": 0.5, "d": "x"}}));
        assert_eq!(changed(&usual, &usual), Vec::<String>::new());
        let own = map(json!({"a": 2, "b": null, "group": {"c": 0.5, "d": "y"}, "new": true}));
        assert_eq!(changed(&own, &usual), ["a", "d", "new"]);
    }
}
