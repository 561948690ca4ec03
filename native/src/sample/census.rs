//! What one look at all bytes of a text tells, in vectors.

use pulp::{Arch, Simd, WithSimd};

/// What the bytes of a text are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Census {
    /// Its characters: its bytes but those that continue one.
    pub(super) n_chars: usize,
    /// Whether any is a control character, which JSON allows in a string only as an escape.
    pub(super) has_control: bool,
    /// Its backslashes.
    pub(super) n_backslashes: usize,
    /// Whether any backslash is not the first of two characters that stand for one in JSON, or perhaps not:
    /// `\u`, `\\`, `\b` and `\f` count here, too.
    pub(super) has_rare_escape: bool,
    /// Whether any quote but the first byte follows something else than a backslash.
    pub(super) has_bare_quote: bool,
}

impl Census {
    /// Of valid UTF-8.
    pub(super) fn of(text: &str) -> Self {
        Arch::new().dispatch(Count(text.as_bytes()))
    }
}

struct Count<'a>(&'a [u8]);

/// Bytes that are looked at together: as many as the commonest vectors have.
const LANES: usize = 32;

/// What is known of each of the bytes that are looked at together.
struct Lanes {
    lowest: [u8; LANES],
    n_starts: [u8; LANES],
    n_backslashes: [u8; LANES],
    rare: [u8; LANES],
    bare: [u8; LANES],
}

impl Lanes {
    /// Takes in bytes and for each the one that follows it.
    #[inline(always)]
    fn add(&mut self, bytes: &[u8; LANES], following: &[u8; LANES]) {
        for lane in 0..LANES {
            let (byte, next) = (bytes[lane], following[lane]);
            let is_backslash = u8::from(byte == b'\\');
            self.lowest[lane] = self.lowest[lane].min(byte);
            self.n_starts[lane] += u8::from(begins_character(byte));
            self.n_backslashes[lane] += is_backslash;
            self.rare[lane] |= is_backslash & !is_common(next);
            self.bare[lane] |= u8::from(next == b'"') & !is_backslash;
        }
    }
}

impl WithSimd for Count<'_> {
    type Output = Census;

    /// A plain loop, which is compiled for each instruction set.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> Census {
        let sum = |counts: &[u8; LANES]| counts.iter().map(|&n| usize::from(n)).sum::<usize>();
        let (following, _) = self.0.get(1..).unwrap_or_default().as_chunks::<LANES>();
        let (vectors, rest) = self.0.split_at(following.len() * LANES);
        let (vectors, _) = vectors.as_chunks::<LANES>();
        let (mut lowest, mut rare, mut bare) = ([u8::MAX; LANES], [0; LANES], [0; LANES]);
        let (mut n_chars, mut n_backslashes) = (0, 0);
        // As many as can be counted in a byte.
        let most = usize::from(u8::MAX);
        for (vectors, following) in vectors.chunks(most).zip(following.chunks(most)) {
            let zeros = [0; LANES];
            let mut lanes = Lanes { lowest, n_starts: zeros, n_backslashes: zeros, rare, bare };
            for (vector, following) in vectors.iter().zip(following) {
                lanes.add(vector, following);
            }
            (lowest, rare, bare) = (lanes.lowest, lanes.rare, lanes.bare);
            n_chars += sum(&lanes.n_starts);
            n_backslashes += sum(&lanes.n_backslashes);
        }
        let mut census = Census {
            n_chars,
            has_control: lowest.iter().any(|&byte| byte < FIRST_PRINTABLE),
            n_backslashes,
            has_rare_escape: rare.contains(&1),
            has_bare_quote: bare.contains(&1),
        };
        census.add(rest);
        census
    }
}

impl Census {
    /// Takes in the last bytes.
    #[inline(always)]
    fn add(&mut self, rest: &[u8]) {
        for (place, &byte) in rest.iter().enumerate() {
            let next = rest.get(place + 1).copied().unwrap_or_default();
            let is_backslash = byte == b'\\';
            self.n_chars += usize::from(begins_character(byte));
            self.has_control |= byte < FIRST_PRINTABLE;
            self.n_backslashes += usize::from(is_backslash);
            self.has_rare_escape |= is_backslash && is_common(next) == 0;
            self.has_bare_quote |= next == b'"' && !is_backslash;
        }
    }
}

/// Lower ones are control characters.
const FIRST_PRINTABLE: u8 = 0x20;

#[inline(always)]
fn begins_character(byte: u8) -> bool {
    byte.cast_signed() >= -0x40
}

/// 1 where a backslash and this byte are a common escape, else 0. Without a branch, for vectors.
#[inline(always)]
fn is_common(following: u8) -> u8 {
    u8::from(following == b'n')
        | u8::from(following == b'"')
        | u8::from(following == b't')
        | u8::from(following == b'r')
        | u8::from(following == b'/')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_looking_at_each_character(
            pieces in prop::collection::vec("[a-zé€𝄞 ]{0,90}|\"|\u{1f}|\u{7f}|\\\\[ntrbfu/\"\\\\]", 0..8),
            repeats in prop_oneof![Just(1_usize), Just(200)],
        ) {
            let text = pieces.concat().repeat(repeats);
            let rare = |at: usize| !text[at + 1..].starts_with(['n', '"', 't', 'r', '/']);
            let backslashes = || text.match_indices('\\').map(|(at, _)| at);
            let expected = Census {
                n_chars: text.chars().count(),
                has_control: text.chars().any(|character| u32::from(character) < 0x20),
                n_backslashes: backslashes().count(),
                has_rare_escape: backslashes().any(rare),
                has_bare_quote: text.match_indices('"').any(|(at, _)| at > 0 && !text[..at].ends_with('\\')),
            };
            prop_assert_eq!(Census::of(&text), expected);
        }
    }
}
