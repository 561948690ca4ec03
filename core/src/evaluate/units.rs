//! The unit in which a run is scored: that of the ground truth.
//!
//! Books are few documents and many tokens, so that one model has two mixtures. A run knows both where it knows how
//! long documents are.

use std::borrow::Cow;

use crate::files::run::Run;
use crate::files::spec::Spec;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::input_error::{InputError, Problem};
use crate::shares::unit::Unit;

/// The code of the doubts about units.
const UNITS: &str = "different_units";

/// A run seen in one unit.
#[derive(Debug)]
pub struct InUnit<'run> {
    /// The run with the shares of that unit.
    pub run: Cow<'run, Run>,
    /// What a reader must know of it.
    pub diagnostics: Vec<Diagnostic>,
}

impl<'run> InUnit<'run> {
    /// The run as it is.
    fn unchanged(run: &'run Run, doubt: Option<Diagnostic>) -> Self {
        Self { run: Cow::Borrowed(run), diagnostics: doubt.into_iter().collect() }
    }
}

/// The unit that a run is wanted in: the one insisted on, else that of the ground truth, if it says.
pub fn wanted(truth: &Spec, insisted: Option<Unit>) -> Option<Unit> {
    insisted.or(truth.unit.map(|unit| unit.counted()))
}

/// The run in the unit of the ground truth, or in the one insisted on. Where one of both does not say what it counts,
/// the run stays as it is, and that is said.
///
/// # Errors
/// If the run has only another unit.
pub fn in_unit_of<'run>(
    truth: &Spec,
    run: &'run Run,
    insisted: Option<Unit>,
) -> Result<InUnit<'run>, InputError> {
    let Some(unit) = wanted(truth, insisted) else {
        return Ok(InUnit::unchanged(run, Some(truth_unknown(run))));
    };
    let mut found = in_unit(run, unit, truth)?;
    let counted = truth.unit.map(|counted| counted.counted());
    if run.unit.is_some() && counted.is_some_and(|counted| counted != unit) {
        let counts = truth.unit.map(|unit| unit.to_string()).unwrap_or_default();
        let message = format!(
            "shares of {unit} are scored against shares of {counts}, as was asked for: categories of long \
             documents, such as books, have more tokens than documents, so that part of the error is the unit's"
        );
        found.diagnostics = vec![Diagnostic::warning(UNITS, message)];
    }
    Ok(found)
}

fn in_unit<'run>(run: &'run Run, unit: Unit, truth: &Spec) -> Result<InUnit<'run>, InputError> {
    let Some(own) = run.unit else {
        return Ok(InUnit::unchanged(run, Some(run_unknown(unit))));
    };
    if own == unit {
        return Ok(InUnit::unchanged(run, None));
    }
    let Some(other) = run.other.as_ref().filter(|other| other.unit == unit) else {
        let truth = truth.id.clone();
        let problem = Problem::Unit { found: own, expected: unit, truth };
        return Err(InputError::new(&run.path, "unit", problem));
    };
    let replicates = run.replicates.as_ref().and_then(|rows| other.replicates(rows));
    let lost = if run.replicates.is_some() && replicates.is_none() {
        "; its replicates are in the other unit and cannot be converted, so that the accuracy has no interval"
    } else {
        ""
    };
    let message = format!(
        "the run's shares of {unit} are scored, for that is what the ground truth counts; its own table shows \
         shares of {own}{lost}"
    );
    let run = Run {
        unit: Some(unit),
        estimate: other.estimate.clone(),
        intervals: other.intervals.clone(),
        replicates,
        other: None,
        ..run.clone()
    };
    Ok(InUnit { run: Cow::Owned(run), diagnostics: vec![Diagnostic::note("other_unit", message)] })
}

fn run_unknown(unit: Unit) -> Diagnostic {
    let message = format!(
        "the run does not say whether it counts documents or tokens; it is scored as it is, as if it counted {unit}"
    );
    Diagnostic::note("unit_unknown", message)
}

fn truth_unknown(run: &Run) -> Diagnostic {
    let counts = match run.unit {
        Some(unit) => format!("the run's shares of {unit} are"),
        None => "neither does the run, which is".to_owned(),
    };
    let message = format!(
        "the ground truth does not say what its shares are shares of (`unit`); {counts} scored as if both counted \
         the same"
    );
    Diagnostic::note("unit_unknown", message)
}

#[cfg(test)]
#[path = "units_tests.rs"]
mod tests;
