//! Whether a result may be relied on: one word before any number.
//!
//! Each method names the grounds that speak against its result ([`Ground`]), by a rule of its own; the gravest of
//! them decides. The rules stand in `verdict.rs` of each method and in the documentation.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::check::{self, Check};
use super::diagnostic::{Diagnostic, Severity};
use super::printable::printable;

/// What a result is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Usability {
    /// It may be cited with its intervals.
    Usable,
    /// It may be cited with its intervals and the reasons named beside it.
    WithCare,
    /// It is not to be cited.
    NotUsable,
}

impl fmt::Display for Usability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Usable => "usable",
            Self::WithCare => "with care",
            Self::NotUsable => "not usable",
        })
    }
}

/// Something that speaks against a result, and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// What the result is good for at best.
    pub at_best: Usability,
    /// Why, in a few words that follow a colon.
    pub reason: String,
}

impl Ground {
    /// A ground for care.
    pub(crate) fn care(reason: impl Into<String>) -> Self {
        Self { at_best: Usability::WithCare, reason: reason.into() }
    }

    /// A ground for not using the result.
    pub(crate) fn against(reason: impl Into<String>) -> Self {
        Self { at_best: Usability::NotUsable, reason: reason.into() }
    }

    /// A ground for care for each check that fails; `short` says in a few words what its failing means.
    pub(crate) fn of_checks(checks: &[Check], short: impl Fn(&str) -> &'static str) -> Vec<Self> {
        let failed = checks.iter().filter(|check| check.verdict == check::Verdict::Fails);
        failed.map(|check| Self::care(short(check.name))).collect()
    }

    /// A ground for care for each warning but those whose code `is_told` otherwise.
    pub(crate) fn of_warnings(
        diagnostics: &[Diagnostic],
        is_told: impl Fn(&str) -> bool,
    ) -> impl Iterator<Item = Self> {
        let warnings = diagnostics.iter().filter(|one| one.severity == Severity::Warning);
        warnings.filter(move |one| !is_told(&one.code)).map(|one| Self::care(one.message.clone()))
    }
}

/// The most reasons that are told: more would not be read.
const MOST_REASONS: usize = 2;

/// What a run's result is good for, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it is good for.
    pub usability: Usability,
    /// The one or two gravest reasons; none where it is usable.
    pub reasons: Vec<String>,
}

impl Verdict {
    /// The verdict on these grounds: the gravest decides, and the first ones of that kind are its reasons.
    pub(crate) fn on(grounds: &[Ground]) -> Self {
        let usability =
            grounds.iter().map(|ground| ground.at_best).max().unwrap_or(Usability::Usable);
        let gravest = grounds.iter().filter(|ground| ground.at_best == usability);
        let reasons = gravest.filter(|ground| ground.at_best != Usability::Usable);
        let reasons = reasons.take(MOST_REASONS).map(|ground| ground.reason.clone()).collect();
        Self { usability, reasons }
    }
}

impl Verdict {
    /// The same, of a file that may hold anything: no more reasons than are told, each fit to be shown.
    pub(crate) fn printable(self) -> Self {
        let shown = |reason: String| printable(&reason).into_owned();
        let reasons = self.reasons.into_iter().take(MOST_REASONS).map(shown).collect();
        Self { reasons, ..self }
    }
}

impl fmt::Display for Verdict {
    /// `Not usable: the reason; another`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.usability {
            Usability::Usable => "Usable",
            Usability::WithCare => "With care",
            Usability::NotUsable => "Not usable",
        };
        formatter.write_str(word)?;
        if self.reasons.is_empty() {
            return formatter.write_str(": no test fails, and the intervals are narrow");
        }
        write!(formatter, ": {}", self.reasons.join("; "))
    }
}

/// The grounds that a result's own uncertainty gives, by the error `1 - Acc` that its replicates lead one to
/// expect; none: it has no replicates.
pub(crate) fn grounds_of_error(expected_error: Option<f64>) -> Option<Ground> {
    let Some(error) = expected_error else {
        return Some(Ground::care("without replicates nothing says how sure it is"));
    };
    let reason = format!(
        "its intervals are wide: {:.0} % of the mixture is expected to be wrong",
        100.0 * error
    );
    if error > LARGEST_ERROR {
        Some(Ground::against(reason))
    } else if error > SMALL_ERROR {
        Some(Ground::care(reason))
    } else {
        None
    }
}

/// An expected error up to this is no ground for care.
const SMALL_ERROR: f64 = 0.05;
/// Beyond this expected error a result is not usable: a guess of equal shares is wrong by .3 on average.
const LARGEST_ERROR: f64 = 0.2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_ground_decides_and_two_reasons_are_told() {
        let grounds =
            [Ground::care("a"), Ground::against("b"), Ground::against("c"), Ground::against("d")];
        let verdict = Verdict::on(&grounds);
        assert_eq!(verdict.usability, Usability::NotUsable);
        assert_eq!(verdict.to_string(), "Not usable: b; c");
        assert_eq!(Verdict::on(&grounds[..1]).to_string(), "With care: a");
        assert_eq!(Verdict::on(&[]).usability, Usability::Usable);
        assert!(Verdict::on(&[]).reasons.is_empty());
    }

    #[test]
    fn an_error_is_weighed_and_its_absence_too() {
        let at_best = |error| grounds_of_error(error).map(|ground| ground.at_best);
        assert_eq!(at_best(Some(0.03)), None);
        assert_eq!(at_best(Some(0.1)), Some(Usability::WithCare));
        assert_eq!(at_best(Some(0.3)), Some(Usability::NotUsable));
        assert_eq!(at_best(None), Some(Usability::WithCare));
    }

    #[test]
    fn a_file_holds_what_it_is_read_as() {
        let verdict = Verdict::on(&[Ground::care("a")]);
        let text = serde_json::to_string(&verdict).unwrap();
        assert_eq!(text, r#"{"usability":"with_care","reasons":["a"]}"#);
        assert_eq!(serde_json::from_str::<Verdict>(&text).unwrap(), verdict);
    }
}
