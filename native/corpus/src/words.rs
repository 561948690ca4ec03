//! The lower-case words of a text, as hashes, eight bytes at a time.
//!
//! White space parts words, and each ideograph is a word, so that texts in scripts without blanks can be
//! compared, too. A word's hash is made of its lower-case bytes alone, however it is spelled.

use data_anatomy_core::numeric::rng;

use super::swar::{self, HIGH_BITS};

/// Bytes that are looked at together.
const CHUNK: usize = 8;

/// Calls `each` with the hash of every word of a text, in order.
pub(super) fn for_each(text: &str, mut each: impl FnMut(u64)) {
    let mut start = 0;
    while start < text.len() {
        match ascii_word(&text.as_bytes()[start..]) {
            Some((word, n_bytes)) => {
                if n_bytes > 0 {
                    each(word);
                }
                // With the blank that ends it.
                start += n_bytes + 1;
            }
            None => start += other_words(&text[start..], &mut each),
        }
    }
}

/// The hash and the length of the word that the bytes begin with, of length 0 where they begin with a blank;
/// none where a byte beyond ASCII comes first.
#[inline(always)]
fn ascii_word(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut hash = Hash::default();
    let mut n_bytes = 0;
    loop {
        let rest = &bytes[n_bytes..];
        let chunk = match rest.first_chunk::<CHUNK>() {
            Some(chunk) => u64::from_le_bytes(*chunk),
            None => last_chunk(rest),
        };
        let blanks = blanks(chunk);
        let ends = blanks | (chunk & HIGH_BITS);
        if ends == 0 {
            hash.add(lower_case(chunk));
            n_bytes += CHUNK;
            continue;
        }
        let first = ends & ends.wrapping_neg();
        if first & blanks == 0 {
            return None;
        }
        // The bits below the end's byte.
        let n_last = (first.trailing_zeros() / 8) as usize;
        let within = (first >> 7) - 1;
        hash.add(lower_case(chunk & within));
        let n_bytes = n_bytes + n_last;
        return Some((hash.finish(n_bytes), n_bytes));
    }
}

/// Fewer bytes than are looked at together, and blanks.
#[cold]
fn last_chunk(rest: &[u8]) -> u64 {
    let mut chunk = [b' '; CHUNK];
    chunk[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(chunk)
}

/// The high bit of each byte that is white space in ASCII: a blank, or 9 to 13.
fn blanks(chunk: u64) -> u64 {
    let bytes = chunk & !HIGH_BITS;
    let is_control = swar::below(bytes, 14) & !swar::below(bytes, 9);
    swar::equal(chunk, b' ') | (is_control & !chunk)
}

/// ASCII bytes with capitals made small; zeros stay zeros.
fn lower_case(chunk: u64) -> u64 {
    let is_capital = swar::below(chunk, b'Z' + 1) & !swar::below(chunk, b'A');
    chunk | (is_capital >> 2)
}

/// Calls `each` with the words of which the first, at least, holds a character beyond ASCII, or with none
/// where such white space comes first, and returns how many bytes were looked at.
fn other_words(text: &str, each: &mut impl FnMut(u64)) -> usize {
    let mut word = Word::default();
    for (at, character) in text.char_indices() {
        match class(character) {
            Class::Letter => character.to_lowercase().for_each(|lower| word.add(lower)),
            Class::Space => {
                word.end(each);
                return at + character.len_utf8();
            }
            Class::Ideograph => {
                word.end(each);
                word.add(character);
                word.end(each);
            }
        }
    }
    word.end(each);
    text.len()
}

/// The lower-case bytes of a word.
#[derive(Default)]
struct Word {
    hash: Hash,
    chunk: [u8; CHUNK],
    n_bytes: usize,
}

impl Word {
    fn add(&mut self, character: char) {
        for &byte in character.encode_utf8(&mut [0; 4]).as_bytes() {
            self.chunk[self.n_bytes % CHUNK] = byte;
            self.n_bytes += 1;
            if self.n_bytes.is_multiple_of(CHUNK) {
                self.hash.add(u64::from_le_bytes(self.chunk));
                self.chunk = [0; CHUNK];
            }
        }
    }

    /// Calls `each` with its hash, if it has any bytes, and begins another.
    fn end(&mut self, each: &mut impl FnMut(u64)) {
        let Self { mut hash, chunk, n_bytes } = std::mem::take(self);
        if n_bytes > 0 {
            hash.add(u64::from_le_bytes(chunk));
            each(hash.finish(n_bytes));
        }
    }
}

/// A hash of chunks, of which the last is not full and ends in zeros.
#[derive(Default)]
struct Hash(u64);

impl Hash {
    #[inline(always)]
    fn add(&mut self, chunk: u64) {
        self.0 = (self.0.rotate_left(29) ^ chunk).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    #[inline(always)]
    fn finish(self, n_bytes: usize) -> u64 {
        rng::mixed(self.0 ^ n_bytes as u64)
    }
}

enum Class {
    Space,
    Ideograph,
    Letter,
}

fn class(character: char) -> Class {
    match u32::from(character) {
        // Kana; ideographs with extension A; compatibility ideographs; extensions B and later.
        0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff => {
            Class::Ideograph
        }
        _ if character.is_whitespace() => Class::Space,
        _ => Class::Letter,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn hashes(text: &str) -> Vec<u64> {
        let mut hashes = Vec::new();
        for_each(text, |hash| hashes.push(hash));
        hashes
    }

    /// The lower-case words of a text by its characters.
    fn words(text: &str) -> Vec<String> {
        let is_ideograph = |character| matches!(class(character), Class::Ideograph);
        let mut words = vec![String::new()];
        for character in text.chars() {
            if character.is_whitespace() || is_ideograph(character) {
                words.push(String::new());
            }
            if !character.is_whitespace() {
                words.last_mut().unwrap().extend(character.to_lowercase());
            }
            if is_ideograph(character) {
                words.push(String::new());
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    proptest! {
        #[test]
        fn each_word_has_its_hash(
            pieces in prop::collection::vec(
                prop_oneof![
                    "[a-zA-Z0-9.@\\[`{\\x00\\x1f\\x7f]{1,20}",
                    "[ \\t\\n\\r\\x0b\\x0c]{1,9}",
                    "[éÉßİK世界カ𝄞\u{a0}\u{3000}\u{85}]{1,3}",
                ],
                0..20,
            )
        ) {
            let text = pieces.concat();
            let (words, hashes) = (words(&text), hashes(&text));
            prop_assert_eq!(words.len(), hashes.len(), "{:?}", text);
            let mut hash_of = HashMap::new();
            let mut word_of = HashMap::new();
            for (word, hash) in words.iter().zip(&hashes) {
                prop_assert_eq!(hash_of.entry(word).or_insert(hash), &hash, "{}", word);
                prop_assert_eq!(word_of.entry(hash).or_insert(word), &word);
            }
        }
    }

    #[test]
    fn words_are_the_same_however_they_are_spelled() {
        let of_one = |word: &str| {
            let hashes = hashes(word);
            assert_eq!(hashes.len(), 1);
            hashes[0]
        };
        assert_eq!(of_one("Temperatures"), of_one("\n TEMPERATURES\t"));
        // The Kelvin sign is a k in lower case, a letter of ASCII.
        assert_eq!(of_one("\u{212a}ilogrammes"), of_one("kilogrammes"));
        assert_ne!(of_one("kilogrammes"), of_one("kilogramme"));
        assert_ne!(of_one("a"), of_one("a\0"));
    }
}
