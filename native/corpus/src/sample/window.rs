//! Which part of a document is kept.

use data_anatomy_core::numeric::rng::RandomStream;
use serde::Serialize;

/// Parts of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// Its beginning.
    #[default]
    Head,
    /// A stretch from anywhere in it, as what models generate may be.
    Random,
}

/// How documents are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Which part is kept.
    pub kind: WindowKind,
    /// Characters of it at most.
    pub max_chars: u64,
    /// Seed of the choice.
    pub seed: u64,
}

impl Window {
    /// Where the part kept of a text with so many characters begins, in characters. It depends on the
    /// text's priority and the seed alone.
    pub fn start(&self, n_chars: u64, priority: u64) -> u64 {
        let n_over = n_chars.saturating_sub(self.max_chars);
        match self.kind {
            WindowKind::Head => 0,
            WindowKind::Random => {
                let n_starts = usize::try_from(n_over).unwrap_or(usize::MAX - 1) + 1;
                RandomStream::new(self.seed, priority).index(n_starts) as u64
            }
        }
    }

    /// The part of `text` from that start on.
    pub fn cut<'t>(&self, text: &'t str, start: u64) -> &'t str {
        let rest = &text[byte_of(text, start)..];
        &rest[..byte_of(rest, self.max_chars)]
    }
}

/// The byte at which character number `n` begins; the end where there are fewer.
fn byte_of(text: &str, n: u64) -> usize {
    /// Bytes of which characters are counted at a time, as vectors.
    const BLOCK: usize = 1024;
    let begins_character = |byte: &u8| !(0x80..0xc0).contains(byte);
    let mut n_left = usize::try_from(n).unwrap_or(usize::MAX);
    for (index, block) in text.as_bytes().chunks(BLOCK).enumerate() {
        let n_characters = block.iter().filter(|byte| begins_character(byte)).count();
        if n_left < n_characters {
            let within = block.iter().enumerate().filter(|(_, byte)| begins_character(byte));
            let byte = within.map(|(place, _)| place).nth(n_left).unwrap_or_default();
            return index * BLOCK + byte;
        }
        n_left -= n_characters;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(kind: WindowKind) -> Window {
        Window { kind, max_chars: 3, seed: 1 }
    }

    #[test]
    fn a_window_counts_characters_not_bytes() {
        let text = "äöü€!";
        assert_eq!(window(WindowKind::Head).cut(text, 0), "äöü");
        assert_eq!(window(WindowKind::Random).cut(text, 2), "ü€!");
        assert_eq!(window(WindowKind::Head).cut("ab", 0), "ab");
    }

    proptest! {
        #[test]
        fn characters_begin_where_they_do_one_by_one(text in "[a-zé€𝄞]{0,3000}", n in 0..3_100_u64) {
            let expected = text.char_indices().nth(usize::try_from(n).unwrap());
            prop_assert_eq!(byte_of(&text, n), expected.map_or(text.len(), |(byte, _)| byte));
        }
    }

    #[test]
    fn random_windows_begin_everywhere_alike() {
        // Chi-square with 2 degrees of freedom: 13.8 is exceeded once in 1,000.
        let mut counts = [0.0_f64; 3];
        for priority in 0..3_000 {
            counts[usize::try_from(window(WindowKind::Random).start(5, priority)).unwrap()] += 1.0;
        }
        let chi2: f64 = counts.iter().map(|n| (n - 1_000.0).powi(2) / 1_000.0).sum();
        assert!(chi2 < 13.8, "{counts:?}");
        assert_eq!(window(WindowKind::Random).start(2, 7), 0);
    }
}
