//! From the bytes of a file to text, refusing what is not text.

use std::borrow::Cow;

use crate::input_error::{InputError, Problem};

/// The largest summary or spec that is read into memory: 87 categories with their confusion matrix
/// and 2,000 bootstrap replicates take 4 MiB.
pub const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// Magic numbers at the start of files that people give by mistake.
const MAGIC: [(&[u8], &str); 8] = [
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data"),
    (b"PK\x03\x04", "a compressed zip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF document"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
];

/// The text in `bytes`, without a byte order mark.
///
/// # Errors
/// If there is no text, too much of it, or bytes that are not UTF-8.
pub fn decode<'bytes>(path: &str, bytes: &'bytes [u8]) -> Result<&'bytes str, InputError> {
    let refuse = |place: String, problem| Err(InputError::new(path, place, problem));
    let n_bytes = bytes.len() as u64;
    if n_bytes > MAX_FILE_BYTES {
        let problem = Problem::TooLarge { bytes: n_bytes, limit: MAX_FILE_BYTES };
        return refuse(String::new(), problem);
    }
    if let Some((_, looks_like)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return refuse(String::new(), Problem::NotText { looks_like });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim().is_empty() => refuse(String::new(), Problem::Empty),
        Ok(text) if text.contains('\0') => {
            refuse(String::new(), Problem::NotText { looks_like: "binary data" })
        }
        Ok(text) => Ok(text),
        Err(error) => {
            let place = line_and_column(bytes, error.valid_up_to());
            refuse(place, Problem::NotText { looks_like: "bytes that are not UTF-8" })
        }
    }
}

/// `text` with control characters and marks that turn the direction of writing shown as codes, so
/// that nothing from a file can move a terminal's cursor or disguise a name.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().fold(String::with_capacity(text.len()), |mut shown, character| {
        if is_unprintable(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
        shown
    });
    Cow::Owned(shown)
}

/// The first characters of a text that has more than `n_chars` of them.
pub fn head(text: &str, n_chars: usize) -> Option<&str> {
    text.char_indices().nth(n_chars).map(|(end, _)| &text[..end])
}

/// The text, or its first characters and an ellipsis where it has more than `n_chars` of them.
pub fn shortened(text: &str, n_chars: usize) -> Cow<'_, str> {
    head(text, n_chars).map_or(Cow::Borrowed(text), |head| Cow::Owned(format!("{head}…")))
}

fn is_unprintable(character: char) -> bool {
    let turns_or_hides = matches!(
        character,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    );
    character.is_control() || turns_or_hides
}

fn line_and_column(bytes: &[u8], offset: usize) -> String {
    let before = &bytes[..offset];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    format!("{line}:{}", 1 + offset - line_start)
}

#[cfg(test)]
mod tests {
    use super::{head, printable, shortened};

    #[test]
    fn escape_sequences_and_turned_text_are_shown_as_codes() {
        assert_eq!(printable("a\u{1b}[2J\nb"), "a\\u{1b}[2J\\u{a}b");
        assert_eq!(printable("\u{202e}txt"), "\\u{202e}txt");
        assert_eq!(printable("naïve – 语料"), "naïve – 语料");
    }

    #[test]
    fn only_texts_with_more_characters_are_shortened() {
        assert_eq!([head("语料", 1), head("语料", 2), head("", 0)], [Some("语"), None, None]);
        assert_eq!([shortened("语料", 1), shortened("语料", 2)], ["语…", "语料"]);
    }
}
