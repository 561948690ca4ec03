//! Properties of the generator, and the bytes of a few documents.

use super::*;
use std::collections::HashSet;

const SEED: u64 = 20_240_131;

/// FNV-1a, 64 bits: enough to notice that a byte has changed.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn all_texts(n_per_category: usize) -> Vec<String> {
    let mut texts: Vec<String> =
        reference(n_per_category, SEED).into_iter().flat_map(|(_, documents)| documents).collect();
    texts.extend(generations(1_000, &MIXTURE, SEED).into_iter().map(|each| each.text));
    texts
}

#[test]
fn documents_and_generations_are_the_pinned_ones() {
    // A hundred documents of a category go through every one of its shapes.
    let mut found: Vec<u64> = reference(100, SEED)
        .iter()
        .map(|(_, documents)| fingerprint(&documents.join("\0")))
        .collect();
    let texts: Vec<String> =
        generations(200, &MIXTURE, SEED).into_iter().map(|each| each.text).collect();
    found.push(fingerprint(&texts.join("\0")));
    assert_eq!(found, PINNED);
}

#[test]
fn lengths_are_within_the_promised_bounds() {
    for category in Category::ALL {
        for index in 0..500 {
            let n_chars = document(category, SEED, index).chars().count();
            assert!((300..=2_000).contains(&n_chars), "{category:?} {index}: {n_chars}");
        }
    }
}

#[test]
fn texts_are_printable_and_every_slot_is_filled() {
    for text in all_texts(300) {
        let is_odd =
            |each: char| (each.is_control() && each != '\n') || "‹›\u{fffd}".contains(each);
        assert_eq!(text.chars().find(|&each| is_odd(each)), None, "{text}");
    }
}

#[test]
fn a_thousand_documents_of_each_category_are_all_different() {
    let mut seen = HashSet::new();
    for (name, documents) in reference(1_000, SEED) {
        for text in documents {
            assert!(seen.insert(text.clone()), "{name}: {text}");
        }
    }
}

#[test]
fn another_seed_or_number_gives_another_document() {
    for category in Category::ALL {
        let text = document(category, SEED, 1);
        assert_ne!(text, document(category, SEED, 2));
        assert_ne!(text, document(category, SEED + 1, 1));
        assert_eq!(text, document(category, SEED, 1));
    }
}

#[test]
fn shapes_of_a_category_cover_a_hundred() {
    for category in Category::ALL {
        let total: usize = category.shapes().iter().map(|(share, _)| share).sum();
        assert_eq!(total, 100, "{category:?}");
    }
}

#[test]
fn spec_states_the_mixture() {
    let total: f64 = MIXTURE.iter().sum();
    assert!((total - 1.0).abs() < 1e-12, "{total}");
    let weights = SPEC.split_once("category_weights:").unwrap().1;
    for (category, share) in Category::ALL.iter().zip(MIXTURE) {
        let line = format!("\n  {}: {share:.2}\n", category.name());
        assert!(weights.contains(&line), "{line}");
    }
}

/// Computed once from this generator, to notice a change of any byte; the last one is of generations.
const PINNED: [u64; 8] = [
    0x0fc0_6eb3_6477_8a20,
    0x3780_c93b_9d5b_5dd3,
    0x5f0c_5a6a_988e_b50c,
    0xbbbc_1e46_ccbc_2ab6,
    0x8924_e2b9_f9bb_95e8,
    0xe291_3d17_b098_3202,
    0x3f6f_0f0d_bb60_8708,
    0x360a_6c2c_1467_88b3,
];
