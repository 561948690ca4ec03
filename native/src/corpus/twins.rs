//! Documents that are nearly the same: they must not stand on both sides of a split.

use rayon::prelude::*;

use crate::sample::digest::Digest;
use crate::sample::neighbours::Neighbours;

/// The group of each document: documents whose 5-grams of words overlap by `near_dup` or more are in one
/// group, directly or through others. With 0 each document is a group of its own.
///
/// Groups are numbered by their first document. Memory: 2 KiB for each document.
pub fn groups(texts: &[&str], near_dup: f64) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..texts.len()).collect();
    if near_dup > 0.0 {
        let digests: Vec<Digest> = texts.par_iter().map(|text| Digest::of(text)).collect();
        let mut neighbours = Neighbours::new(near_dup);
        for (index, digest) in digests.iter().enumerate() {
            for other in neighbours.find_all(&digest.sketch) {
                join(&mut parents, other as usize, index);
            }
            // Labels have 32 bits; memory ends before that many documents.
            if let Ok(label) = u32::try_from(index) {
                neighbours.add(&digest.sketch, label);
            }
        }
    }
    (0..texts.len()).map(|index| root(&mut parents, index)).collect()
}

/// The first document of the group.
fn root(parents: &mut [usize], mut index: usize) -> usize {
    while parents[index] != index {
        // Halving the path keeps later searches short.
        parents[index] = parents[parents[index]];
        index = parents[index];
    }
    index
}

fn join(parents: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(parents, one), root(parents, other));
    parents[one.max(other)] = one.min(other);
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn near_documents_are_one_group_even_through_a_third() {
        let words: Vec<String> = (0..60).map(|number| format!("word{number}")).collect();
        let text = |from: usize| words[from..from + 50].join(" ");
        // Neighbours share 41 of 51 grams of 5 words, 0.80; the first and the last 36 of 56.
        let (first, second, third) = (text(0), text(5), text(10));
        let other = "something else entirely, with other words in another order and no twin at all";
        let texts = [first.as_str(), other, third.as_str(), second.as_str()];
        assert_eq!(groups(&texts, 0.7), [0, 1, 0, 0]);
        assert_eq!(
            groups(&texts[..3], 0.7),
            [0, 1, 2],
            "without the one between them they are two"
        );
        assert_eq!(groups(&texts, 0.0), [0, 1, 2, 3]);
    }
}
