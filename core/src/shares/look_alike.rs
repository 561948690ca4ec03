//! Categories that cannot be told apart.

use super::merge::Merge;
use crate::numeric::matrix::Matrix;

/// Groups of categories that look alike.
#[derive(Debug, Clone, PartialEq)]
pub struct LookAlikes {
    /// Positions of the categories of each group, ascending.
    pub groups: Vec<Vec<usize>>,
    /// The pair most alike, and the share that both have in common.
    pub closest: Option<(usize, usize, f64)>,
}

/// Two categories look alike if their distributions have so large a share in common.
const LARGE_OVERLAP: f64 = 0.75;
/// Groups that a sentence names.
const MOST_NAMED: usize = 5;

impl LookAlikes {
    /// The groups: categories joined by pairs whose distributions, rows of `by_class` (`[n_classes, n]`, rows
    /// sum to 1), overlap by three quarters or more.
    pub fn of(by_class: &Matrix) -> Self {
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

    /// The pair most alike in words; empty where there is one category.
    pub fn closest_words(&self, names: &[String]) -> String {
        self.closest.map_or_else(String::new, |(first, second, overlap)| {
            format!(
                "{} and {} are the most alike, with {:.0} % in common",
                names[first],
                names[second],
                100.0 * overlap
            )
        })
    }

    /// The groups in words, each with the merge that joins it where that can be written.
    pub fn offers(&self, names: &[String]) -> String {
        // Merging them all would leave one category, whose share is 1 whatever the texts are.
        if self.groups.iter().any(|group| group.len() == names.len()) {
            return "any of the categories: other categories, more reference documents or longer texts may help"
                .to_owned();
        }
        let shown: Vec<String> =
            self.groups.iter().take(MOST_NAMED).map(|group| offer(group, names)).collect();
        shown.join("; nor ")
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
