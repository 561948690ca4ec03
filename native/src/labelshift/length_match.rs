//! Reference documents cut to the lengths of the texts that are judged: a classifier is surer of a long
//! text than of a short one, and its errors are only those that it makes on the texts if both are alike.

use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_corpus::sample::window::{Window, WindowKind};

/// Lengths are drawn from streams of a seed of their own: the bits of "length" in ASCII.
const SEED_OF_LENGTHS: u64 = 0x6c65_6e67_7468;

/// What seeds of classifiers lie apart: odd, so that no two are the same (the golden ratio in 64 bits).
const SEED_OF_ROUNDS: u64 = 0x9e37_79b9_7f4a_7c15;

/// Whether documents are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LengthMatchKind {
    /// They are read whole.
    None,
    /// To lengths drawn from those of the generated texts.
    #[default]
    Generations,
}

impl LengthMatchKind {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Generations => "generations",
        }
    }
}

/// How documents are cut.
#[derive(Debug, Clone)]
pub struct LengthMatch {
    /// Lengths of texts in characters, one or more.
    lengths: Vec<u64>,
    kind: WindowKind,
    seed: u64,
}

impl LengthMatch {
    /// Cuts documents to lengths drawn from those of `texts`; nothing where there are none.
    pub fn to<'t>(
        texts: impl Iterator<Item = &'t str>,
        kind: WindowKind,
        seed: u64,
    ) -> Option<Self> {
        let lengths: Vec<u64> = texts.map(|text| text.trim().chars().count() as u64).collect();
        let seed = seed ^ SEED_OF_LENGTHS;
        (!lengths.is_empty()).then_some(Self { lengths, kind, seed })
    }

    /// The same for classifier number `round`, the first as it is: each reads other parts, so that what one cut
    /// happens to show weighs less.
    pub fn of_round(&self, round: usize) -> Self {
        let seed = self.seed.wrapping_add((round as u64).wrapping_mul(SEED_OF_ROUNDS));
        Self { lengths: self.lengths.clone(), kind: self.kind, seed }
    }

    /// A part of document number `index`, as long as a text drawn at random; the whole document where that is
    /// shorter. It depends on the seed and the number alone, and holds more than white space if the document
    /// does.
    pub fn cut<'d>(&self, index: usize, document: &'d str) -> &'d str {
        let document = document.trim();
        let mut stream = RandomStream::new(self.seed, index as u64);
        let max_chars = self.lengths[stream.index(self.lengths.len())];
        let window = Window { kind: self.kind, max_chars, seed: self.seed };
        let n_chars = document.chars().count() as u64;
        let part = window.cut(document, window.start(n_chars, index as u64));
        // A document begins with a letter here, so that its beginning is never blank.
        if part.trim().is_empty() { window.cut(document, 0) } else { part }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_get_the_lengths_of_texts() {
        let texts = ["ab", "abcdef", "  äöü  "];
        let cut = LengthMatch::to(texts.into_iter(), WindowKind::Head, 3).unwrap();
        let document = " 0123456789";
        let mut n_by_length = [0_u32; 11];
        for index in 0..3_000 {
            let part = cut.cut(index, document);
            assert!("0123456789".starts_with(part));
            n_by_length[part.len()] += 1;
        }
        // Three alike: 1,000 each, standard deviation 26.
        for length in [2, 3, 6] {
            assert!(n_by_length[length].abs_diff(1_000) < 110, "{n_by_length:?}");
        }
        assert_eq!(
            n_by_length.iter().sum::<u32>(),
            n_by_length[2] + n_by_length[3] + n_by_length[6]
        );
        assert_eq!(cut.cut(5, "x"), "x");
    }

    #[test]
    fn windows_lie_anywhere_and_are_never_blank() {
        let cut = LengthMatch::to(["abc"].into_iter(), WindowKind::Random, 3).unwrap();
        let parts: std::collections::BTreeSet<&str> =
            (0..200).map(|index| cut.cut(index, "a        b")).collect();
        assert!(parts.iter().all(|part| !part.trim().is_empty()), "{parts:?}");
        assert!(parts.contains("  b") && parts.contains("a  "), "{parts:?}");
    }

    #[test]
    fn without_texts_nothing_is_cut() {
        assert!(LengthMatch::to(std::iter::empty(), WindowKind::Head, 3).is_none());
    }
}
