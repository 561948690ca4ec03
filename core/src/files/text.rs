//! From the bytes of a file to text, refusing what is not text.

use crate::messages::input_error::{InputError, Problem};

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

fn line_and_column(bytes: &[u8], offset: usize) -> String {
    let before = &bytes[..offset];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    format!("{line}:{}", 1 + offset - line_start)
}
