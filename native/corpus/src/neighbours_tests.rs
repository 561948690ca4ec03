#![allow(clippy::cast_possible_truncation, reason = "test numbers are small")]

use std::collections::BTreeSet;

use data_anatomy_core::numeric::rng::RandomStream;

use super::super::digest::Digest;
use super::*;

/// The Jaccard index of the texts' sets of 5-grams.
fn jaccard(left: &[usize], right: &[usize]) -> f64 {
    // Words are below 2²¹, so that five of them fit.
    let gram =
        |words: &[usize]| words.iter().fold(0, |gram: u128, &word| gram << 21 | word as u128);
    let grams = |words: &[usize]| words.windows(5).map(gram).collect::<BTreeSet<u128>>();
    let (left, right) = (grams(left), grams(right));
    left.intersection(&right).count() as f64 / left.union(&right).count() as f64
}

fn sketch(words: &[usize]) -> Sketch {
    let words: Vec<String> = words.iter().map(usize::to_string).collect();
    Digest::of(&words.join(" ")).sketch
}

/// Pairs of documents of `n_words` words, the second with a few words replaced, at similarities from about
/// 0.5 to 1, spread evenly; with their true similarity.
fn planted(
    n_pairs: usize,
    n_words: usize,
    dice: &mut RandomStream,
) -> Vec<(Vec<usize>, Vec<usize>, f64)> {
    let pair = |index: usize| {
        let wanted = 0.5 + 0.5 * index as f64 / n_pairs as f64;
        let left: Vec<usize> = (0..n_words).map(|_| dice.index(20_000)).collect();
        let mut right = left.clone();
        // Each replaced word changes five grams of either document.
        let n_replaced = n_words as f64 * (1.0 - wanted) / (5.0 * (1.0 + wanted));
        for _ in 0..n_replaced as usize {
            right[dice.index(n_words)] = 20_000 + dice.index(1_000_000);
        }
        let similarity = jaccard(&left, &right);
        (left, right, similarity)
    };
    (0..n_pairs).map(pair).collect()
}

/// Recall and precision of finding pairs at similarity 0.8 or above among planted ones.
fn recall_and_precision(n_pairs: usize, n_words: usize) -> (f64, f64) {
    let mut dice = RandomStream::new(5, n_words as u64);
    let pairs = planted(n_pairs, n_words, &mut dice);
    let mut index = Neighbours::new(0.8, tempfile::tempfile().unwrap());
    for (label, (left, _, _)) in pairs.iter().enumerate() {
        index.add(&sketch(left), u32::try_from(label).unwrap()).unwrap();
    }
    let (mut n_near, mut n_found, mut n_right) = (0.0, 0.0, 0.0);
    for (label, (_, right, similarity)) in pairs.iter().enumerate() {
        let is_near = *similarity >= 0.8;
        let found = index.find(&sketch(right)).unwrap();
        n_near += f64::from(u8::from(is_near));
        n_found += f64::from(u8::from(found.is_some()));
        n_right += f64::from(u8::from(is_near && found.map(|found| found as usize) == Some(label)));
    }
    (n_right / n_near, n_right / n_found)
}

#[test]
fn planted_pairs_of_ordinary_documents_are_told_exactly() {
    assert_eq!(recall_and_precision(300, 400), (1.0, 1.0));
}

#[test]
fn planted_pairs_of_long_documents_are_told_right_up_to_the_threshold() {
    // All grams of these are in their sketches, though not all in memory.
    assert_eq!(recall_and_precision(600, 3_000), (1.0, 1.0));
}

#[test]
fn planted_pairs_of_books_are_told_right_but_for_the_last_hundredth() {
    let (recall, precision) = recall_and_precision(600, 12_000);
    // There are 7.5 pairs per standard error (0.00625) on either side of the threshold, so that 3 of the 240
    // near ones are missed on average and 3 others found; 13, which were too many, once in 60,000 seeds.
    assert!(recall >= 0.95 && precision >= 0.95, "{recall} {precision}");
}

#[test]
fn a_gram_that_differs_in_long_documents_is_seen_at_the_threshold_one() {
    let words: Vec<usize> = (0..3_000).collect();
    let mut other = words.clone();
    other[2_999] = 9_999;
    let mut index = Neighbours::new(1.0, tempfile::tempfile().unwrap());
    index.add(&sketch(&words), 7).unwrap();
    assert_eq!(index.find(&sketch(&other)).unwrap(), None);
    assert_eq!(index.find(&sketch(&words)).unwrap(), Some(7));
}
