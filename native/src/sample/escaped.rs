//! The size of a JSON string without unpacking it.

use memchr::memchr_iter;

use super::census::Census;

/// How many characters a text has, and how many bytes in UTF-8.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Unicode scalar values.
    pub chars: u64,
    /// Bytes in UTF-8.
    pub bytes: u64,
}

/// What the escapes of a string save when they are unpacked.
#[derive(Debug, Clone, Copy, Default)]
struct Escapes {
    chars: usize,
    bytes: usize,
}

impl Escapes {
    /// Those of a string; none where one is no escape of JSON, or half a surrogate pair, or where a quote
    /// follows an escaped backslash, which would end the string.
    fn of(string: &[u8]) -> Option<Self> {
        let mut escapes = Self::default();
        let mut resume = 0;
        for at in memchr_iter(b'\\', string) {
            if at >= resume {
                resume = at + escapes.add(string, at)?;
            }
        }
        Some(escapes)
    }

    /// Takes in the escape whose backslash is at `at` and returns its length in bytes.
    fn add(&mut self, string: &[u8], at: usize) -> Option<usize> {
        match *string.get(at + 1)? {
            b'\\' if string.get(at + 2) == Some(&b'"') => None,
            b'n' | b'"' | b'\\' | b't' | b'r' | b'/' | b'b' | b'f' => {
                self.chars += 1;
                self.bytes += 1;
                Some(2)
            }
            b'u' => self.add_unicode(string, at),
            _ => None,
        }
    }

    fn add_unicode(&mut self, string: &[u8], at: usize) -> Option<usize> {
        let first = code_unit(string, at)?;
        let (length, character) = match first {
            0xd800..0xdc00 => {
                let second = code_unit(string, at + 6)?;
                if !(0xdc00..0xe000).contains(&second) {
                    return None;
                }
                (12, char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?)
            }
            _ => (6, char::from_u32(first)?),
        };
        self.chars += length - 1;
        self.bytes += length - character.len_utf8();
        Some(length)
    }
}

/// The number in the escape `\uXXXX` at `at`.
fn code_unit(string: &[u8], at: usize) -> Option<u32> {
    let escape = string.get(at..at + 6)?;
    if !escape.starts_with(b"\\u") {
        return None;
    }
    escape[2..].iter().try_fold(0, |unit, &digit| Some(unit * 16 + char::from(digit).to_digit(16)?))
}

/// The size of what stands between the quotes of a JSON string; none where an escape is wrong.
pub fn size(string: &str) -> Option<Size> {
    size_by(&Census::of(string), string)
}

/// The same, where its census is known. Where that has no bare quote, there is none at all, so that the string
/// does not end before.
pub(super) fn size_by(census: &Census, string: &str) -> Option<Size> {
    let escapes = match census.has_rare_escape {
        true => Escapes::of(string.as_bytes())?,
        false => Escapes { chars: census.n_backslashes, bytes: census.n_backslashes },
    };
    let (chars, bytes) = (census.n_chars - escapes.chars, string.len() - escapes.bytes);
    Some(Size { chars: chars as u64, bytes: bytes as u64 })
}

/// The size of a plain text.
pub fn plain_size(text: &str) -> Size {
    Size { chars: Census::of(text).n_chars as u64, bytes: text.len() as u64 }
}

/// Whether what stands between the quotes of a JSON string is white space alone.
pub fn is_blank(string: &str) -> bool {
    let mut rest = string;
    loop {
        rest = rest.trim_start();
        let escape = ["\\n", "\\t", "\\r", "\\f"].iter().find_map(|blank| rest.strip_prefix(blank));
        match escape {
            Some(after) => rest = after,
            None => return rest.is_empty(),
        }
    }
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
            let text = pieces.iter().filter(|piece| !piece.starts_with('\\')).cloned().collect::<String>();
            prop_assert_eq!(plain_size(&text).chars, text.chars().count() as u64);
        }

        #[test]
        fn blank_means_white_space_alone(string in "( |\\\\n|\\\\t|\\\\r|a|\u{a0}){0,6}") {
            let expected = unpacked(&string).unwrap().trim().is_empty();
            prop_assert_eq!(is_blank(&string), expected, "{}", string);
        }
    }
}
