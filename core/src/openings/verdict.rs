//! The verdict on a run of openings.
//!
//! | the result is | where |
//! |---|---|
//! | not usable | the run refuses an answer; more than .2 of the mixture is expected to be wrong |
//! | with care | a test fails or could not be made; more than .05 is expected to be wrong; another warning stands beside it |
//! | usable | elsewhere |

use crate::messages::check::Check;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::verdict::{Ground, Verdict, grounds_of_error};

/// The verdict on a result that is refused for these reasons, if any, with this expected error, these checks and
/// all its diagnostics.
pub(super) fn verdict(
    refusals: &[String],
    expected_error: Option<f64>,
    checks: &[Check],
    diagnostics: &[Diagnostic],
) -> Verdict {
    let mut grounds: Vec<Ground> = refusals.iter().cloned().map(Ground::against).collect();
    grounds.extend(Ground::of_checks(checks, failing));
    grounds.extend(grounds_of_error(expected_error));
    let tested = |code: &str| checks.iter().any(|check| check.name == code);
    grounds.extend(Ground::of_warnings(diagnostics, tested));
    Verdict::on(&grounds)
}

/// What a failing check means, in a few words.
fn failing(check: &str) -> &'static str {
    match check {
        "fit" => "the categories' beginnings do not explain what the model expects",
        "unknown_beginnings" => "much of what the model expects begins no reference document",
        "separation" => "some categories begin too much alike",
        "smoothing" => "there are too few reference documents",
        "uniqueness" => "the model keeps more than one mixture",
        _ => "a test fails",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::verdict::Usability;

    #[test]
    fn a_refusal_is_the_reason() {
        let found = verdict(&["no answer".to_owned()], None, &[], &[]);
        assert_eq!(
            (found.usability, found.reasons),
            (Usability::NotUsable, vec!["no answer".to_owned()])
        );
    }

    #[test]
    fn a_failing_test_asks_for_care() {
        let fit = Check::tested("fit", (1.0, 0.01), ("holds".to_owned(), "fails".to_owned()));
        let found = verdict(&[], Some(0.03), std::slice::from_ref(&fit), &[fit.diagnostic()]);
        assert_eq!(found.usability, Usability::WithCare);
        assert_eq!(verdict(&[], Some(0.03), &[], &[]).usability, Usability::Usable);
    }
}
