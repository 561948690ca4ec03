//! Categories that the classifier cannot tell apart.

use crate::label_shift::analysis::LabelShift;
use crate::messages::check::{Check, Verdict};
use crate::shares::look_alike::LookAlikes;

/// A condition number above this fails the check: errors of the means grow as much.
const LARGE_CONDITION_NUMBER: f64 = 50.0;

/// Whether all categories can be told apart, and what to merge if not: those whose mean probabilities have
/// three quarters or more in common.
pub(super) fn check(analysis: &LabelShift) -> Check {
    // A row here is what is predicted of documents of one class.
    let found = LookAlikes::of(&analysis.soft_confusion.rows_by_true_class());
    let condition_number = analysis.soft_confusion.pred_from_true().condition_number();
    let names = analysis.problem.taxonomy().names();
    let ill = condition_number > LARGE_CONDITION_NUMBER;
    let verdict = if ill || !found.groups.is_empty() { Verdict::Fails } else { Verdict::Holds };
    let mut sentence = if found.groups.is_empty() {
        let condition = if ill {
            "some categories can hardly be told apart"
        } else {
            "the classifier tells all categories apart"
        };
        let closest = found.closest_words(names);
        if closest.is_empty() { condition.to_owned() } else { format!("{condition}; {closest}") }
    } else {
        format!("the classifier cannot tell apart {}", found.offers(names))
    };
    sentence.push_str(&format!(" (condition number {condition_number:.0})"));
    Check {
        name: "separation",
        verdict,
        p_value: None,
        statistic: Some(condition_number),
        sentence,
    }
}
