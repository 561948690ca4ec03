//! JSON strings as they are: where they end and how long their text is, without unpacking it.

use super::byte_masks::{BLOCK, ByteMasks, Classify, Portable};
#[cfg(target_arch = "x86_64")]
use super::byte_masks::{avx2::Avx2, avx512::Avx512};

/// How many characters a text has, and how many bytes in UTF-8.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Unicode scalar values.
    pub chars: u64,
    /// Bytes in UTF-8.
    pub bytes: u64,
}

/// A JSON string that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scanned {
    /// Bytes between its quotes.
    pub(super) n_bytes: usize,
    /// The size of its text.
    pub(super) size: Size,
}

/// The string whose inside begins with these bytes of valid UTF-8, up to the quote that ends it; none where
/// there is no such quote, or before it a control character or what is no escape of JSON, or half a surrogate
/// pair.
pub(super) fn scan(bytes: &[u8]) -> Option<Scanned> {
    dispatched(bytes, End::AtQuote)
}

/// The size of what stands between the quotes of a JSON string; none where an escape is wrong.
pub fn size(string: &str) -> Option<Size> {
    dispatched(string.as_bytes(), End::OfBytes).map(|scanned| scanned.size)
}

/// The size of a plain text.
pub fn plain_size(text: &str) -> Size {
    Size { chars: text.chars().count() as u64, bytes: text.len() as u64 }
}

/// Where a string ends.
#[derive(Debug, Clone, Copy)]
enum End {
    /// At the first quote that is not escaped.
    AtQuote,
    /// Where the bytes do; quotes are not looked at.
    OfBytes,
}

/// Looks at a string with the best instructions that there are.
fn dispatched(bytes: &[u8], end: End) -> Option<Scanned> {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = pulp::x86::V4::try_new() {
        return simd.vectorize(Run { classify: Avx512(simd), bytes, end });
    } else if let Some(simd) = pulp::x86::V3::try_new() {
        return simd.vectorize(Run { classify: Avx2(simd), bytes, end });
    }
    run(Portable, bytes, end)
}

#[inline(always)]
fn run<C: Classify>(classify: C, bytes: &[u8], end: End) -> Option<Scanned> {
    let (mut scan, mut unicode) = (Scan::default(), UnicodeEscapes::default());
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let mut start = 0;
    for block in blocks {
        let masks = classify.masks(block);
        if let Some(n_bytes) = scan.add(masks, BLOCK, end, |at| unicode.add(bytes, start + at))? {
            return Some(scan.finish(start + n_bytes, unicode));
        }
        start += BLOCK;
    }
    let mut block = [b' '; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    let masks = classify.masks(&block);
    let ended = scan.add(masks, rest.len(), end, |at| unicode.add(bytes, start + at))?;
    match (ended, end) {
        (Some(n_bytes), _) => Some(scan.finish(start + n_bytes, unicode)),
        (None, End::AtQuote) => None,
        (None, End::OfBytes) => Some(scan.finish(bytes.len(), unicode)),
    }
}

/// What is known of a string so far.
#[derive(Debug, Clone, Copy, Default)]
struct Scan {
    /// Bytes that begin a character.
    n_starts: usize,
    n_escapes: usize,
    /// 1 where a backslash was the last byte that was looked at and escapes the next one, else 0.
    next_is_escaped: u64,
}

/// Which bytes of a block are backslashes that escape, and which are escaped.
struct Escapes {
    escaping: u64,
    escaped: u64,
}

impl Scan {
    /// Takes in a block, of which `n` bytes count, and returns after how many the string ends, if it does; none
    /// where anything is wrong before. `add_unicode` takes in the escape of a byte that is no simple one.
    #[inline(always)]
    fn add(
        &mut self,
        masks: ByteMasks,
        n: usize,
        end: End,
        mut add_unicode: impl FnMut(usize) -> Option<()>,
    ) -> Option<Option<usize>> {
        let Escapes { escaping, escaped } = self.escapes(masks.backslash);
        let quotes = match end {
            End::AtQuote => masks.quote & !escaped & lowest(n),
            End::OfBytes => 0,
        };
        let n_within = if quotes == 0 { n } else { quotes.trailing_zeros() as usize };
        let within = lowest(n_within);
        if masks.control & within != 0 {
            return None;
        }
        self.n_starts += (masks.start & within).count_ones() as usize;
        self.n_escapes += (escaping & within).count_ones() as usize;
        let mut rare = escaped & within & !masks.simple_escape;
        while rare != 0 {
            add_unicode(rare.trailing_zeros() as usize)?;
            rare &= rare - 1;
        }
        // Nothing follows that could be escaped.
        let is_open = n < BLOCK && quotes == 0 && (escaped >> n) & 1 == 1;
        if is_open { None } else { Some((quotes != 0).then_some(n_within)) }
    }

    /// Which bytes of a block escape and are escaped: in a run of backslashes every other one escapes, from the
    /// first that is not escaped itself (Langdale & Lemire 2019).
    #[inline(always)]
    fn escapes(&mut self, backslash: u64) -> Escapes {
        /// Every other bit, from the second.
        const ODD_BITS: u64 = 0xaaaa_aaaa_aaaa_aaaa;
        let may_escape = backslash & !self.next_is_escaped;
        // Subtracting carries through each run from its start and leaves what alternates from there.
        let alternating = ((may_escape << 1) | ODD_BITS).wrapping_sub(may_escape) ^ ODD_BITS;
        let escaped = alternating ^ (backslash | self.next_is_escaped);
        let escaping = alternating & backslash;
        self.next_is_escaped = escaping >> (BLOCK - 1);
        Escapes { escaping, escaped }
    }

    fn finish(self, n_bytes: usize, unicode: UnicodeEscapes) -> Scanned {
        let chars = self.n_starts - self.n_escapes - unicode.n_chars;
        let bytes = n_bytes - self.n_escapes - unicode.n_bytes;
        Scanned { n_bytes, size: Size { chars: chars as u64, bytes: bytes as u64 } }
    }
}

/// Escapes of several characters: what unpacking them saves besides one character each.
#[derive(Debug, Clone, Copy, Default)]
struct UnicodeEscapes {
    n_chars: usize,
    n_bytes: usize,
    /// Those that end before this byte were counted with an earlier one.
    resume: usize,
}

impl UnicodeEscapes {
    /// Takes in the escape of the byte at `at`; none where it is no such escape.
    #[cold]
    fn add(&mut self, bytes: &[u8], at: usize) -> Option<()> {
        if at < self.resume {
            return Some(());
        }
        let first = code_unit(bytes, at)?;
        let (n_bytes, n_escapes, character) = match first {
            0xd800..0xdc00 => {
                let second = code_unit(bytes, at + 6)?;
                if bytes.get(at + 5) != Some(&b'\\') || !(0xdc00..0xe000).contains(&second) {
                    return None;
                }
                (12, 2, char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?)
            }
            _ => (6, 1, char::from_u32(first)?),
        };
        self.resume = at + n_bytes - 1;
        self.n_chars += n_bytes - n_escapes - 1;
        self.n_bytes += n_bytes - n_escapes - character.len_utf8();
        Some(())
    }
}

/// The lowest `n` bits, of 64 at most.
#[inline(always)]
fn lowest(n: usize) -> u64 {
    if n == BLOCK { u64::MAX } else { (1 << n) - 1 }
}

/// The number in `uXXXX` at `at`.
fn code_unit(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 5)?.strip_prefix(b"u")?;
    digits.iter().try_fold(0, |unit, &digit| Some(unit * 16 + char::from(digit).to_digit(16)?))
}

/// [`run`] that is compiled for what it is run on.
#[cfg(target_arch = "x86_64")]
struct Run<'b, C> {
    classify: C,
    bytes: &'b [u8],
    end: End,
}

#[cfg(target_arch = "x86_64")]
impl<C: Classify> pulp::NullaryFnOnce for Run<'_, C> {
    type Output = Option<Scanned>;

    #[inline(always)]
    fn call(self) -> Self::Output {
        run(self.classify, self.bytes, self.end)
    }
}

/// Whether what stands between the quotes of a JSON string is white space alone.
pub fn is_blank(string: &str) -> bool {
    let mut rest = string;
    loop {
        rest = rest.trim_start();
        let escape = ["\\n", "\\t", "\\r", "\\f"].iter().find_map(|blank| rest.strip_prefix(blank));
        match escape.or_else(|| behind_blank_code(rest)) {
            Some(after) => rest = after,
            None => return rest.is_empty(),
        }
    }
}

/// What follows the escape of a blank by its number, where a string begins with one.
fn behind_blank_code(string: &str) -> Option<&str> {
    let (digits, after) = string.strip_prefix("\\u")?.split_at_checked(4)?;
    let code = u32::from_str_radix(digits, 16).ok()?;
    char::from_u32(code).is_some_and(char::is_whitespace).then_some(after)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a JSON reader makes of it.
    fn unpacked(string: &str) -> Option<String> {
        serde_json::from_str(&format!("\"{string}\"")).ok()
    }

    proptest! {
        #[test]
        fn sizes_match_those_of_the_unpacked_text(
            pieces in prop::collection::vec(
                prop_oneof![
                    "[a-zé€𝄞 ]{0,300}",
                    "\\\\[ntrbf/\"\\\\]",
                    "\\\\u[0-9a-fA-F]{4}",
                    "\\\\ud8[0-9a-f]{2}\\\\ude[0-9a-f]{2}",
                    "\\\\[xq]",
                ],
                0..12,
            )
        ) {
            let string = pieces.concat();
            let expected = unpacked(&string).map(|text| plain_size(&text));
            prop_assert_eq!(size(&string), expected, "{}", string);
            let portable = run(Portable, string.as_bytes(), End::OfBytes);
            prop_assert_eq!(portable.map(|scanned| scanned.size), expected);
        }

        #[test]
        fn strings_end_where_a_json_reader_ends_them(
            pieces in prop::collection::vec(
                prop_oneof![
                    "[a-z€ ]{0,80}", "[\\\\]{1,70}", "\"", "\u{1f}", "\\\\[nu\"]", "\\\\u00[0-9]{2}"
                ],
                0..12,
            )
        ) {
            let bytes = pieces.concat();
            let quoted = format!("\"{bytes}");
            let mut reader = serde_json::Deserializer::from_str(&quoted).into_iter::<String>();
            let expected = reader.next().and_then(Result::ok).map(|text| {
                Scanned { n_bytes: reader.byte_offset() - 2, size: plain_size(&text) }
            });
            prop_assert_eq!(scan(bytes.as_bytes()), expected, "{}", bytes);
            prop_assert_eq!(run(Portable, bytes.as_bytes(), End::AtQuote), expected);
        }

        #[test]
        fn blank_means_white_space_alone(string in "( |\\\\n|\\\\t|\\\\r|\\\\u00a0|\\\\u3000|\\\\u0061|a|\u{a0}){0,6}") {
            let expected = unpacked(&string).unwrap().trim().is_empty();
            prop_assert_eq!(is_blank(&string), expected, "{}", string);
        }
    }
}
