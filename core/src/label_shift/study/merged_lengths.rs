//! How long the documents of merged categories are.

use crate::label_shift::verdicts::Verdicts;
use crate::shares::document_lengths::DocumentLengths;

/// The lengths of the merged categories: their parts are taken to be mixed as they are in the
/// validation documents, as everything else about a merged category is.
pub fn merged_lengths(
    verdicts: &Verdicts,
    merged: &Verdicts,
    lengths: &DocumentLengths,
) -> DocumentLengths {
    let mut weights = vec![0.0; verdicts.taxonomy.len()];
    let mut group_of = vec![None; verdicts.taxonomy.len()];
    for (before, after) in verdicts.validation().zip(merged.validation()) {
        let position = before.true_class.as_ref().and_then(|name| verdicts.taxonomy.position(name));
        let group = after.true_class.as_ref().and_then(|name| merged.taxonomy.position(name));
        if let (Some(position), Some(group)) = (position, group) {
            weights[position] += 1.0;
            group_of[position] = Some(group);
        }
    }
    let members = |group| (0..group_of.len()).filter(|&at| group_of[at] == Some(group)).collect();
    let groups: Vec<Vec<usize>> = (0..merged.taxonomy.len()).map(members).collect();
    lengths.merged(&groups, &weights)
}
