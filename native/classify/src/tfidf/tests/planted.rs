//! Known structure in, found again out; and the choice of features against a naive count.

use std::collections::{BTreeMap, BTreeSet};

use super::super::training::block;
use super::super::{Corpus, NgramKind, Options, TrainingSet};
use super::{fit, silent, taxonomy};
use crate::Classifier;

/// A number below `below` that depends on `seed` alone (SplitMix64).
fn scattered(seed: u64, below: usize) -> usize {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((z ^ (z >> 31)) % below as u64).unwrap()
}

/// A document of 60 words, one in four of them a topic word of its class.
fn document(doc: usize, class: usize) -> String {
    let word = |place: usize| {
        let seed = (doc * 1000 + place) as u64;
        if scattered(seed, 4) == 0 {
            format!("topic{class}w{} ", scattered(seed + 1_000_000_007, 30))
        } else {
            format!("common{} ", scattered(seed + 2_000_000_011, 300))
        }
    };
    (0..60).map(word).collect()
}

#[test]
fn many_planted_classes_are_told_apart_and_explained() {
    let n_classes = 20;
    let documents: Vec<String> =
        (0..30 * n_classes).map(|doc| document(doc, doc % n_classes)).collect();
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let classes: Vec<usize> = (0..documents.len()).map(|doc| doc % n_classes).collect();
    let n_training = 20 * n_classes;
    let model = fit(&documents[..n_training], &classes[..n_training], &Options::default());
    let found = model.log_probabilities(&documents[n_training..], &silent).unwrap();
    let best = |row: &[f64]| (0..n_classes).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
    let right = found
        .chunks(n_classes)
        .zip(&classes[n_training..])
        .filter(|(row, class)| best(row) == **class)
        .count();
    assert!(right * 100 >= 99 * (documents.len() - n_training), "{right}");
    for class in 0..n_classes {
        let (term, weight) = model.informative_terms(class, 1)[0];
        assert!(weight > 0.0 && term.chars().any(|c| "topic0123456789w".contains(c)), "{term}");
    }
}

/// How often each term stands in these documents, cut by plain slicing of characters.
fn naive_counts(kind: NgramKind, documents: &[&str]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for document in documents {
        let lowercase = document.to_lowercase();
        let chars: Vec<char> =
            lowercase.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
        let words: Vec<&str> = lowercase.split_whitespace().collect();
        let terms: Vec<String> = match kind {
            NgramKind::Word => words
                .iter()
                .map(|word| (*word).to_owned())
                .chain(words.windows(2).map(|pair| pair.join(" ")))
                .collect(),
            NgramKind::Char => (3..=5)
                .flat_map(|length| chars.windows(length).map(|slice| slice.iter().collect()))
                .collect(),
        };
        for term in terms {
            *counts.entry(term).or_default() += 1;
        }
    }
    counts
}

#[test]
fn the_most_frequent_terms_are_kept() {
    let documents: Vec<String> =
        (0..40).map(|doc| document(doc, doc % 4).trim().to_owned()).collect();
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let corpus = Corpus::analyze(&documents, &silent);
    let rows: Vec<usize> = (5..40).collect();
    let classes: Vec<usize> = rows.iter().map(|row| row % 4).collect();
    let categories = taxonomy(4);
    let training =
        TrainingSet { corpus: &corpus, rows: &rows, classes: &classes, categories: &categories };
    for kind in NgramKind::ALL {
        let naive = naive_counts(kind, &documents[5..]);
        for max_features in [1, 37, 300, naive.len(), naive.len() + 5] {
            let (vocabulary, _) = block(kind, training, max_features);
            let kept: Vec<&str> =
                (0..vocabulary.len()).map(|column| vocabulary.term(column)).collect();
            assert_eq!(kept.len(), max_features.min(naive.len()));
            assert_eq!(
                kept.iter().collect::<BTreeSet<_>>().len(),
                kept.len(),
                "terms are distinct"
            );
            let found: Vec<u64> = kept.iter().map(|&term| naive[term]).collect();
            let mut expected: Vec<u64> = naive.values().copied().collect();
            expected.sort_unstable_by(|left, right| right.cmp(left));
            expected.truncate(max_features);
            assert_eq!(found, expected, "{kind:?}: counts fall from column to column");
        }
    }
}
