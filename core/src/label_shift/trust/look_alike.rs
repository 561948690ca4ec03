//! Categories that the classifier cannot tell apart.

use crate::label_shift::analysis::LabelShift;
use crate::messages::check::{Check, Verdict};
use crate::shares::merge::Merge;

/// Groups of categories that look alike to the classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct LookAlikes {
    /// Positions of the categories of each group, ascending.
    pub groups: Vec<Vec<usize>>,
    /// The pair most alike, and the share of what is predicted of the one that is predicted of the
    /// other too.
    pub closest: Option<(usize, usize, f64)>,
}

/// A condition number above this fails the check: errors of the means grow as much.
const LARGE_CONDITION_NUMBER: f64 = 50.0;
/// Two categories look alike if so large a share of their mean probabilities coincides.
const LARGE_OVERLAP: f64 = 0.75;
/// Groups that a sentence names.
const MOST_NAMED: usize = 5;

impl LookAlikes {
    /// The groups: categories joined by pairs whose columns of the soft confusion matrix overlap by
    /// three quarters or more.
    pub fn of(analysis: &LabelShift) -> Self {
        // A row here is what is predicted of documents of one class.
        let by_class = analysis.soft_confusion.rows_by_true_class();
        let n_classes = by_class.n_rows();
        let mut group_of: Vec<usize> = (0..n_classes).collect();
        let mut closest: Option<(usize, usize, f64)> = None;
        for first in 0..n_classes {
            for second in first + 1..n_classes {
                let pairs = by_class.row(first).iter().zip(by_class.row(second));
                let overlap: f64 = pairs.map(|(left, right)| left.min(*right)).sum();
                if closest.is_none_or(|(_, _, most)| overlap > most) {
                    closest = Some((first, second, overlap));
                }
                if overlap >= LARGE_OVERLAP {
                    let (kept, joined) = (group_of[first], group_of[second]);
                    group_of
                        .iter_mut()
                        .filter(|group| **group == joined)
                        .for_each(|group| *group = kept);
                }
            }
        }
        let members = |group| (0..n_classes).filter(|&class| group_of[class] == group).collect();
        let groups: Vec<Vec<usize>> = (0..n_classes).map(members).collect();
        Self { groups: groups.into_iter().filter(|group| group.len() > 1).collect(), closest }
    }
}

/// Whether all categories can be told apart, and what to merge if not.
pub(super) fn check(analysis: &LabelShift) -> Check {
    let found = LookAlikes::of(analysis);
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
        let closest = found.closest.map_or_else(String::new, |(first, second, overlap)| {
            format!(
                "; {} and {} are the most alike, with {:.0} % in common",
                names[first],
                names[second],
                100.0 * overlap
            )
        });
        format!("{condition}{closest}")
    } else {
        let shown: Vec<String> =
            found.groups.iter().take(MOST_NAMED).map(|group| offer(group, names)).collect();
        format!("the classifier cannot tell apart {}", shown.join("; nor "))
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

/// The categories of a group, with the merge that joins them where it can be written.
fn offer(group: &[usize], names: &[String]) -> String {
    let members: Vec<&str> = group.iter().map(|&class| names[class].as_str()).collect();
    let listed = members.join(" and ");
    let merge = format!("{}={}", members.join("+"), members.join("/"));
    let is_writable = Merge::parse(&merge).is_ok_and(|parsed| parsed.parts == members);
    if is_writable { format!("{listed}: merge them with --merge \"{merge}\"") } else { listed }
}
