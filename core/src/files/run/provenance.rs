//! Where a run's numbers come from, as its summary says: read, not yet put into words.

use serde_json::{Map, Value};

use super::dialect::Dialect;
use super::raw_summary::RawSummary;
use crate::shares::unit::Unit;

/// What a summary says of how its run was made. Nothing is checked here: files of every age and writer are read, and who
/// puts it into words says what is not there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Provenance {
    /// Who wrote the file.
    pub dialect: Dialect,
    /// The method.
    pub method: Option<String>,
    /// What its shares are shares of.
    pub unit: Option<Unit>,
    /// The membership attack; null for none.
    pub attack: Value,
    /// The program; null where the file does not say, as in what follows.
    pub tool: Value,
    /// When the run ended.
    pub created: Value,
    /// The settings, by the names of their flags.
    pub config: Map<String, Value>,
    /// SHA-256 and counts of every input.
    pub inputs: Value,
    /// How the estimate was computed.
    pub estimator: Value,
    /// How good the classifier is.
    pub val_metrics: Value,
}

impl Provenance {
    /// What these fields say.
    pub(super) fn of(raw: &RawSummary, dialect: Dialect) -> Self {
        let RawSummary { tool, created, inputs, estimator, val_metrics, .. } = raw;
        let said = |value: &Option<Value>| value.clone().unwrap_or_default();
        Self {
            dialect,
            method: raw.method.clone(),
            unit: raw.unit,
            attack: said(&raw.attack),
            tool: said(tool),
            created: said(created),
            config: raw.config.as_ref().map(|config| config.all()).unwrap_or_default(),
            inputs: said(inputs),
            estimator: said(estimator),
            val_metrics: said(val_metrics),
        }
    }
}
