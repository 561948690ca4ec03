//! What is odd about a spec that is well formed.

use crate::files::spec::Spec;
use crate::messages::diagnostic::Diagnostic;

/// How far the weights' sum may be from 1 or 100 before it is worth a word: half a unit of the last
/// place of figures with one decimal.
const SUM_SLACK: f64 = 0.0005;

/// Weights whose sum is this near to 1 or 100 are meant as shares or per cent; others are counts.
const NEAR: f64 = 0.15;

/// The doubts about `spec`: a sum that is nearly 1 or 100 and not quite, missing provenance, shares of 0.
pub fn lint(spec: &Spec) -> Vec<Diagnostic> {
    let mut doubts = Vec::new();
    let sum: f64 = spec.weights.iter().sum();
    let meant = [1.0, 100.0].into_iter().find(|whole| (sum / whole - 1.0).abs() <= NEAR);
    if let Some(whole) = meant.filter(|whole| (sum / whole - 1.0).abs() > SUM_SLACK) {
        let message = format!("the weights sum to {sum:.4}, not to {whole}");
        doubts.push(Diagnostic::warning("odd_sum", message));
    }
    let missing = [
        ("source", spec.source.is_none()),
        ("unit", spec.unit.is_none()),
        ("version", spec.version.is_none() && !spec.id.contains('@')),
        ("not_covered", spec.not_covered.is_none()),
    ];
    let missing: Vec<&str> =
        missing.iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        let message = format!("provenance is incomplete: no {}", missing.join(", "));
        doubts.push(Diagnostic::note("incomplete_provenance", message));
    }
    let named = spec.taxonomy.names().iter().zip(&spec.weights);
    let zero: Vec<&str> =
        named.filter(|(_, weight)| **weight == 0.0).map(|(name, _)| name.as_str()).collect();
    if !zero.is_empty() {
        let message = format!("shares of 0: {}", zero.join(", "));
        doubts.push(Diagnostic::note("zero_share", message));
    }
    doubts
}
