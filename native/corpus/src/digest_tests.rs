use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn grams(text: &str) -> BTreeSet<Vec<String>> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.windows(5.min(words.len().max(1))).map(<[String]>::to_vec).collect()
}

fn exact(left: &str, right: &str) -> f64 {
    let (left, right) = (grams(left), grams(right));
    left.intersection(&right).count() as f64 / left.union(&right).count() as f64
}

/// A text of so many words out of a few, so that grams repeat.
fn text(words: &[u16]) -> String {
    words.iter().map(|word| format!("w{word}")).collect::<Vec<_>>().join(" ")
}

proptest! {
    #[test]
    fn similarity_of_short_documents_is_the_exact_jaccard_index(
        left in prop::collection::vec(0..6_u16, 1..60),
        right in prop::collection::vec(0..6_u16, 1..60),
    ) {
        let (left, right) = (text(&left), text(&right));
        let found = Digest::of(&left).sketch.similarity(&Digest::of(&right).sketch);
        prop_assert!((found.share - exact(&left, &right)).abs() < 1e-12);
        prop_assert_eq!(found.n_drawn, None);
    }

    #[test]
    fn fingerprints_are_equal_for_the_same_lower_case_words(
        left in "[aAb \n.é世界]{0,12}",
        right in "[aAb \n.é世界]{0,12}",
    ) {
        // Ideographs stand alone.
        let words = |text: &str| {
            let apart: String = text.chars().map(|c| if "世界".contains(c) { format!(" {c} ") } else { c.to_string() }).collect();
            apart.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>()
        };
        let equal = Digest::of(&left).fingerprint == Digest::of(&right).fingerprint;
        prop_assert_eq!(equal, words(&left) == words(&right));
    }
}

proptest! {
    #[test]
    fn sketches_come_back_from_their_bytes(n_words in 0..6_000_u32, flip in any::<u8>()) {
        let text: String = (0..n_words).map(|word| format!("w{word} ")).collect();
        let sketch = Digest::of(&text).sketch;
        let mut bytes = sketch.to_bytes();
        prop_assert_eq!(Sketch::from_bytes(&bytes), Some(sketch));
        bytes.push(flip);
        prop_assert_eq!(Sketch::from_bytes(&bytes), None);
        prop_assert_eq!(Sketch::from_bytes(&[]), None);
    }
}

#[test]
fn similarity_of_long_documents_is_within_four_standard_errors() {
    // 20,000 words of which the second has the last fifth replaced: about 15,996 of 24,000 grams.
    let left: Vec<String> = (0..20_000).map(|word| format!("a{word}")).collect();
    let mut right = left.clone();
    for (index, word) in right.iter_mut().enumerate().skip(16_000) {
        *word = format!("b{index}");
    }
    let (left, right) = (left.join(" "), right.join(" "));
    let (first, second) = (Digest::of(&left).sketch, Digest::of(&right).sketch);
    for n in [SKETCH, 256] {
        let found = first.shortened(n).similarity(&second);
        assert_eq!(found.n_drawn, Some(n));
        let error = (found.share - exact(&left, &right)).abs();
        assert!(error < 4.0 * (0.25_f64 / n as f64).sqrt(), "{n}: {error}");
    }
}

#[test]
fn texts_without_blanks_have_grams_too() {
    let (left, right) = (
        "日本国民は正当に選挙された国会における代表者を通じて行動し",
        "日本国民は正当に選挙された国会における代表者を通じて行動す",
    );
    let found = Digest::of(left).sketch.similarity(&Digest::of(right).sketch);
    assert!(found.share > 0.9, "{found:?}");
}
