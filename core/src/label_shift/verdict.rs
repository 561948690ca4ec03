//! The verdict on a run of label shift.
//!
//! | the result is | where |
//! |---|---|
//! | not usable | the estimator does not converge to the mixture or did not stop at its optimum; the classifier tells nothing; more than .2 of the mixture is expected to be wrong; at least half of the texts belong to no category (`--unknown`) |
//! | with care | a test fails or could not be made; more than .05 is expected to be wrong; lengths of documents are not known; at least .05 of the texts belong to no category; another warning stands beside it |
//! | usable | elsewhere |
//!
//! The expected error is the mean distance of the replicates from the estimate, after the widening for misfit
//! ([`Trust::dispersion`](super::trust::Trust::dispersion)), so that a failing fit weighs as much as it widens.

use crate::label_shift::open_set::UnknownShare;
use crate::messages::check::Check;
use crate::messages::diagnostic::{Diagnostic, Severity};
use crate::messages::verdict::{Ground, Verdict, grounds_of_error};

/// Doubts that make a result worthless, and what they say in a few words.
const AGAINST: [(&str, &str); 4] = [
    (
        "inconsistent_estimator",
        "its estimator does not converge to the mixture and is there for comparison",
    ),
    ("scores_uninformative", "the classifier knows nothing of the categories"),
    ("not_converged", "the estimate did not reach its optimum"),
    ("calibration_not_converged", "the calibration did not reach its optimum"),
];

/// At least so many texts of no category ask for care.
const SOME_UNKNOWN: f64 = 0.05;
/// At least so many, and the shares are those of too few.
const MOST_UNKNOWN: f64 = 0.5;

/// The verdict on a result with this expected error ([`grounds_of_error`]), share of no category where that was
/// asked for, these checks and all its diagnostics.
pub(super) fn verdict(
    expected_error: Option<f64>,
    unknown: Option<&UnknownShare>,
    checks: &[Check],
    diagnostics: &[Diagnostic],
) -> Verdict {
    let warns = |code: &str| {
        diagnostics.iter().any(|one| one.code == code && one.severity == Severity::Warning)
    };
    let mut grounds: Vec<Ground> = AGAINST
        .into_iter()
        .filter(|(code, _)| warns(code))
        .map(|(_, reason)| Ground::against(reason))
        .collect();
    grounds.extend(unknown.and_then(ground_of_unknown));
    grounds.extend(Ground::of_checks(checks, failing));
    grounds.extend(grounds_of_error(expected_error));
    if warns("lengths_unknown") {
        grounds
            .push(Ground::care("it counts documents, as the lengths of documents are not known"));
    }
    let named = |code: &str| {
        AGAINST.iter().any(|(known, _)| *known == code)
            || code == "lengths_unknown"
            || checks.iter().any(|check| check.name == code)
    };
    grounds.extend(Ground::of_warnings(diagnostics, named));
    Verdict::on(&grounds)
}

fn ground_of_unknown(unknown: &UnknownShare) -> Option<Ground> {
    let at_least = unknown.ci_lo.unwrap_or(unknown.share);
    let reason = format!("{:.0} % of the texts belong to no category", 100.0 * unknown.share);
    match at_least {
        least if least >= MOST_UNKNOWN => Some(Ground::against(reason)),
        least if least >= SOME_UNKNOWN => Some(Ground::care(reason)),
        _ => None,
    }
}

/// What a failing check means, in a few words.
fn failing(check: &str) -> &'static str {
    match check {
        "fit" => "the texts are unlike any mixture of the reference documents",
        "typicality" => "the classifier is not as sure of the texts as of such documents",
        "agreement" => "two estimators disagree",
        "prompts" => "the mixture depends on the prompts",
        "separation" => "some categories cannot be told apart",
        _ => "a test fails",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::verdict::Usability;

    fn check(name: &'static str, p: f64) -> Check {
        Check::tested(name, (1.0, p), ("holds".to_owned(), "fails".to_owned()))
    }

    #[test]
    fn tests_that_hold_and_narrow_intervals_are_usable() {
        let found = verdict(
            Some(0.02),
            None,
            &[check("fit", 0.5)],
            &[Diagnostic::note("x", "good to know")],
        );
        assert_eq!(found.usability, Usability::Usable);
    }

    #[test]
    fn a_failing_test_asks_for_care_and_wide_intervals_forbid_use() {
        let failing = [check("fit", 0.01), check("typicality", 0.01)];
        let diagnostics: Vec<Diagnostic> = failing.iter().map(Check::diagnostic).collect();
        let found = verdict(Some(0.04), None, &failing, &diagnostics);
        assert_eq!(found.usability, Usability::WithCare);
        assert_eq!(found.reasons.len(), 2, "{found:?}");
        let found = verdict(Some(0.25), None, &failing, &diagnostics);
        assert_eq!(found.usability, Usability::NotUsable);
        assert!(found.reasons[0].contains("25 %"), "{found:?}");
    }

    #[test]
    fn doubts_about_the_estimator_forbid_use_and_other_warnings_ask_for_care() {
        let of = |code: &str| verdict(Some(0.01), None, &[], &[Diagnostic::warning(code, "words")]);
        assert_eq!(of("inconsistent_estimator").usability, Usability::NotUsable);
        assert_eq!(of("lengths_unknown").usability, Usability::WithCare);
        assert_eq!(of("few_prompts").reasons, ["words"]);
        assert_eq!(verdict(None, None, &[], &[]).usability, Usability::WithCare);
    }
}
