//! 64-bit hashes of n-grams, the same on every machine and in every version of a model file.
//!
//! Two n-grams that share a hash share a weight. Among `n` distinct n-grams some pair collides with
//! probability about `n² / 2⁶⁵`: one in 300,000 for ten million.

/// The first 256 bits of the fractional part of π: numbers with nothing up their sleeve.
const PI: [u64; 4] =
    [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89];

/// Bits of a `char`.
const CHAR_BITS: u32 = 21;

/// The high half of the product of `x` and `y`, XORed into its low half.
#[inline]
fn fold(x: u64, y: u64) -> u64 {
    let product = u128::from(x) * u128::from(y);
    #[expect(clippy::cast_possible_truncation, reason = "the two halves are wanted")]
    {
        (product >> 64) as u64 ^ product as u64
    }
}

#[inline]
fn mix(x: u64, y: u64) -> u64 {
    fold(fold(x ^ PI[0], y ^ PI[1]) ^ PI[2], PI[3])
}

/// The hash of one token's UTF-8 bytes.
pub(super) fn hash_word(word: &str) -> u64 {
    let mut state = word.len() as u64 ^ PI[2];
    for chunk in word.as_bytes().chunks(16) {
        let mut padded = [0; 16];
        padded[..chunk.len()].copy_from_slice(chunk);
        let number = u128::from_le_bytes(padded);
        #[expect(clippy::cast_possible_truncation, reason = "the two halves are wanted")]
        let (low, high) = (number as u64, (number >> 64) as u64);
        state = fold(low ^ PI[0], high ^ state);
    }
    fold(state ^ PI[1], PI[3])
}

/// The hash of two tokens, given theirs, in this order.
#[inline]
pub(super) fn hash_word_pair(first: u64, second: u64) -> u64 {
    mix(first, second)
}

/// The hash of 1 to 5 characters.
#[inline]
pub(super) fn hash_chars(chars: &[char]) -> u64 {
    let packed = |slice: &[char]| {
        slice.iter().rev().fold(0_u64, |bits, &c| bits << CHAR_BITS | u64::from(u32::from(c)))
    };
    let n_head = chars.len().min(3);
    let (head, tail) = chars.split_at(n_head);
    // The length stands above the tail's 42 bits, so that NUL characters count.
    mix(packed(head), packed(tail) | (chars.len() as u64) << 58)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_stable() {
        // Computed by a second implementation, in Python. Saved models do not hold hashes, but
        // equally frequent terms are chosen by them.
        assert_eq!(hash_word("the"), 0xd06f_baac_cd60_2727);
        assert_eq!(hash_word("a word of more than sixteen bytes"), 0xda67_f3f0_fa80_fce4);
        assert_eq!(hash_word_pair(hash_word("of"), hash_word("the")), 0xa0ec_642a_e098_82e3);
        assert_eq!(hash_chars(&['t', 'h', 'e']), 0xa04c_8f41_5a34_9454);
        assert_eq!(hash_chars(&['ü', '漢', '😀', 'x', 'y']), 0x056c_c22e_158a_9938);
    }

    #[test]
    fn order_length_and_nul_matter() {
        assert_ne!(hash_word_pair(1, 2), hash_word_pair(2, 1));
        assert_ne!(hash_word("ab"), hash_word("ab\0"));
        assert_ne!(hash_chars(&['a', 'b', 'c']), hash_chars(&['a', 'b', 'c', '\0']));
        assert_ne!(hash_chars(&['a', 'b', 'c', 'd']), hash_chars(&['b', 'a', 'c', 'd']));
    }

    #[test]
    fn a_million_4_grams_do_not_collide() {
        let alphabet: Vec<char> = ('A'..='`').collect();
        let mut hashes = Vec::with_capacity(alphabet.len().pow(4));
        for &a in &alphabet {
            for &b in &alphabet {
                for &c in &alphabet {
                    hashes.extend(alphabet.iter().map(|&d| hash_chars(&[a, b, c, d])));
                }
            }
        }
        let n_grams = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), n_grams);
    }
}
