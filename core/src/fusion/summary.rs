//! The `summary.json` of two runs together.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::agreement::{Estimated, agreement};
use super::fused::{Fused, fused};
use crate::files::record::{Priors, SharesRecord, ToolRecord, expected_error, json_text};
use crate::files::run::{Run, SCHEMA_VERSION};
use crate::messages::check::Check;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::verdict::{Ground, Verdict, grounds_of_error};
use crate::shares::unit::Unit;
use crate::show::shares_table::SharesTable;

/// The error of label shift beyond sampling, which its replicates do not hold: a model's texts drift away from what it was
/// trained on. As if the mixture were counted on so many documents; measured on planted models.
const LABEL_SHIFT_DOCUMENTS: f64 = 44.0;

/// Two runs together, ready to be written.
#[derive(Debug, Clone, Serialize)]
pub struct FusedSummary {
    /// Version of this form.
    pub schema_version: u64,
    /// `fused`.
    pub method: &'static str,
    /// What the result is good for, and why.
    pub verdict: Verdict,
    /// The program.
    pub tool: ToolRecord,
    /// When both were there, if known.
    pub created: Option<String>,
    /// The model, and which runs.
    pub config: Map<String, Value>,
    /// The categories.
    pub categories: Vec<String>,
    /// The unit of `priors`.
    pub unit: Unit,
    /// The estimate with its uncertainty.
    pub priors: Priors,
    /// The weight of the first run.
    pub weight: f64,
    /// SHA-256 of both summaries.
    pub inputs: Value,
    /// Whether both agree.
    pub checks: Vec<Check>,
    /// What a reader must know.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why two runs are not fused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFused {
    /// They have other categories.
    #[error("{0} and {1} have other categories")]
    Categories(String, String),
    /// They count other things.
    #[error("{0} counts {1}, {2} counts {3}; give both the same --unit")]
    Units(String, String, String, String),
    /// One has no replicates.
    #[error("{0} has no intervals (--n-boot 0)")]
    Replicates(String),
}

impl FusedSummary {
    /// Both runs together: `openings` and `labelshift` are their summaries, read.
    ///
    /// # Errors
    /// If they are not of the same categories and unit, or one has no replicates.
    pub fn of(
        openings: &Run,
        labelshift: &Run,
        (level, seed): (f64, u64),
        (tool, created): (ToolRecord, Option<String>),
    ) -> Result<Self, NotFused> {
        let (order, unit) = order(openings, labelshift)?;
        let replicates = |run: &Run| {
            run.replicates.clone().ok_or_else(|| NotFused::Replicates(run.name.clone()))
        };
        let (first, second) = (replicates(openings)?, replicates(labelshift)?);
        let sorted = |row: &[f64]| -> Vec<f64> { order.iter().map(|&at| row[at]).collect() };
        let second: Vec<Vec<f64>> = second.iter().map(|row| sorted(row)).collect();
        let second_point = sorted(labelshift.estimate.shares());
        let first = Estimated {
            name: &openings.name,
            point: openings.estimate.shares(),
            replicates: &first,
            // They hold the model's own error.
            method_documents: None,
        };
        let second = Estimated {
            name: &labelshift.name,
            point: &second_point,
            replicates: &second,
            method_documents: Some(LABEL_SHIFT_DOCUMENTS),
        };
        let check = agreement(first, second);
        let Fused { point, replicates, weight, .. } = fused(first, second, seed);
        let error = expected_error(&point, &replicates);
        let shares = SharesRecord::with_central(point, &replicates, level);
        let config = json!({
            "target_model": openings.target_model,
            "seed": seed,
            "openings": openings.name,
            "labelshift": labelshift.name,
        });
        let note = Diagnostic::note(
            "fused",
            format!(
                "{} weighs {:.0} % and {} {:.0} %, by their own uncertainty and by how far they disagree",
                openings.name,
                100.0 * weight,
                labelshift.name,
                100.0 * (1.0 - weight)
            ),
        );
        Ok(Self {
            schema_version: SCHEMA_VERSION,
            method: "fused",
            verdict: verdict(&check, error),
            tool,
            created,
            config: config.as_object().cloned().unwrap_or_default(),
            categories: openings.taxonomy.names().to_vec(),
            unit,
            priors: Priors::new(shares, level, &replicates),
            weight,
            inputs: json!({"openings": openings.sha256, "labelshift": labelshift.sha256}),
            diagnostics: vec![check.diagnostic(), note],
            checks: vec![check],
        })
    }

    /// The JSON text, indented, ending in a new line.
    pub fn to_json(&self) -> String {
        json_text(self)
    }

    /// The estimate as a table.
    pub fn shares_table(&self) -> SharesTable<'_> {
        SharesTable {
            caption: "Both kinds of evidence together",
            categories: &self.categories,
            unit: self.unit.name(),
            point: Some(&self.priors.point),
            ci_lo: self.priors.ci_lo.as_deref(),
            ci_hi: self.priors.ci_hi.as_deref(),
        }
    }
}

/// The verdict on both together: care where they disagree, and by the error that is expected. What was wrong with
/// either run is in its weight.
fn verdict(agreement: &Check, expected_error: Option<f64>) -> Verdict {
    let mut grounds = Ground::of_checks(
        std::slice::from_ref(agreement),
        |_| "the two kinds of evidence disagree",
    );
    grounds.extend(grounds_of_error(expected_error));
    Verdict::on(&grounds)
}

/// Where each category of the first run stands in the second, and the unit of both.
fn order(first: &Run, second: &Run) -> Result<(Vec<usize>, Unit), NotFused> {
    let name = |run: &Run| run.name.clone();
    let places: Option<Vec<usize>> =
        first.taxonomy.keys().iter().map(|key| second.taxonomy.position_of_key(key)).collect();
    let places = places.filter(|_| first.taxonomy.len() == second.taxonomy.len());
    let Some(places) = places else {
        return Err(NotFused::Categories(name(first), name(second)));
    };
    if let (Some(unit), true) = (first.unit, first.unit == second.unit) {
        return Ok((places, unit));
    }
    let unit = |run: &Run| run.unit.map_or("nothing it names", Unit::name).to_owned();
    Err(NotFused::Units(name(first), unit(first), name(second), unit(second)))
}
