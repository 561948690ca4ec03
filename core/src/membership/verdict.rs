//! The verdict on a run of membership.
//!
//! | the result is | where |
//! |---|---|
//! | not usable | no category's share of members is known |
//! | with care | some are not known; a warning stands beside the result; more than .05 of the mixture is expected to be wrong |
//! | usable | elsewhere |

use crate::messages::diagnostic::Diagnostic;
use crate::messages::verdict::{Ground, Verdict, grounds_of_error};

/// The verdict on shares of which some are known (`known` per category), with this expected error of their mixture,
/// where there is one, and all diagnostics.
pub(super) fn verdict(
    known: &[bool],
    expected_error: Option<f64>,
    diagnostics: &[Diagnostic],
) -> Verdict {
    let n_known = known.iter().filter(|is_known| **is_known).count();
    let mut grounds = Vec::new();
    if n_known == 0 {
        grounds.push(Ground::against("of no category the share of members is known"));
    } else if n_known < known.len() {
        let n_unknown = known.len() - n_known;
        grounds.push(Ground::care(format!(
            "of {n_unknown} of {} categories the share of members is not known",
            known.len()
        )));
    }
    grounds.extend(expected_error.and_then(|error| grounds_of_error(Some(error))));
    grounds.extend(Ground::of_warnings(diagnostics, |code| COUNTED.contains(&code)));
    Verdict::on(&grounds)
}

/// The codes of what is counted above.
const COUNTED: [&str; 1] = ["not_identifiable"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::verdict::Usability;

    #[test]
    fn what_is_known_decides() {
        let of = |known: &[bool]| verdict(known, None, &[]).usability;
        assert_eq!(of(&[false, false]), Usability::NotUsable);
        assert_eq!(of(&[true, false]), Usability::WithCare);
        assert_eq!(of(&[true, true]), Usability::Usable);
        let warned =
            verdict(&[true], None, &[Diagnostic::warning("blind", "texts alone tell as much")]);
        assert_eq!(warned.reasons, ["texts alone tell as much"]);
    }
}
