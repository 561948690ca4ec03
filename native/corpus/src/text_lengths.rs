//! How long texts are.

use serde::Serialize;

/// How long texts are, in characters; 0 for no texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct TextLengths {
    /// Of the shortest.
    pub min: usize,
    /// Of the one in the middle, by length; the shorter of two.
    pub median: usize,
    /// Of the longest.
    pub max: usize,
}

impl TextLengths {
    /// The lengths of these texts.
    pub fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut lengths: Vec<usize> = texts.map(|text| text.chars().count()).collect();
        lengths.sort_unstable();
        let Some((&min, &max)) = lengths.first().zip(lengths.last()) else {
            return Self::default();
        };
        Self { min, median: lengths[(lengths.len() - 1) / 2], max }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let lengths =
            TextLengths::of(["a\u{301}b\u{8a9e}", "x", "12345", "\u{8a9e}\u{6599}"].into_iter());
        assert_eq!(lengths, TextLengths { min: 1, median: 2, max: 5 });
        assert_eq!(TextLengths::of(std::iter::empty()), TextLengths::default());
    }
}
