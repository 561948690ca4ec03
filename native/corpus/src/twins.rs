//! Documents that are nearly the same: they must not stand on both sides of a split.

use std::io;

use anyhow::Context as _;
use rayon::prelude::*;

use super::digest::Digest;
use super::neighbours::Neighbours;

/// The group of each document: documents whose 5-grams of words overlap by `near_dup` or more are in one
/// group, directly or through others. With 0 each document is a group of its own.
///
/// Groups are numbered by their first document. Memory: some hundred bytes for each document; the rest lies in a
/// temporary file.
///
/// # Errors
/// If there is no room for that file.
pub fn groups(texts: &[&str], near_dup: f64) -> anyhow::Result<Vec<usize>> {
    let mut parents: Vec<usize> = (0..texts.len()).collect();
    if near_dup > 0.0 {
        join_neighbours(&mut parents, texts, near_dup)
            .context("near duplicates cannot be looked for in a temporary file")?;
    }
    Ok((0..texts.len()).map(|index| root(&mut parents, index)).collect())
}

/// Documents that are looked at together, so that few digests are in memory.
const BLOCK: usize = 1024;

fn join_neighbours(parents: &mut [usize], texts: &[&str], near_dup: f64) -> io::Result<()> {
    let mut neighbours = Neighbours::new(near_dup, tempfile::tempfile()?);
    let mut index = 0;
    for block in texts.chunks(BLOCK) {
        let digests: Vec<Digest> = block.par_iter().map(|text| Digest::of(text)).collect();
        for digest in digests {
            for other in neighbours.find_all(&digest.sketch)? {
                join(parents, other as usize, index);
            }
            // Labels have 32 bits; memory ends before that many documents.
            neighbours.add(&digest.sketch, u32::try_from(index).map_err(io::Error::other)?)?;
            index += 1;
        }
    }
    Ok(())
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
        assert_eq!(groups(&texts, 0.7).unwrap(), [0, 1, 0, 0]);
        assert_eq!(
            groups(&texts[..3], 0.7).unwrap(),
            [0, 1, 2],
            "without the one between them they are two"
        );
        assert_eq!(groups(&texts, 0.0).unwrap(), [0, 1, 2, 3]);
    }
}
