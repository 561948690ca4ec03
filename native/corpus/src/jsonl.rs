//! One JSON object per line.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use data_anatomy_core::files::digest::Sha256Digest;
use data_anatomy_core::files::text;
use data_anatomy_core::messages::input_error::{InputError, Problem};
use data_anatomy_job::files;
use serde::de::DeserializeOwned;

/// The longest line that is read: a text of 64 MiB is not a document.
const MAX_LINE_BYTES: u64 = 64 * 1024 * 1024;

/// Calls `each` with every line's value and its number, from 1, and returns the SHA-256 of the file in
/// hexadecimal; empty lines are passed over.
///
/// # Errors
/// If the file cannot be read, or a line is not such an object; names the line.
pub fn for_each<Value: DeserializeOwned>(
    path: &Path,
    mut each: impl FnMut(Value, usize) -> Result<(), InputError>,
) -> Result<String, InputError> {
    let shown = path.display().to_string();
    let unreadable = |place: String, error: &std::io::Error| {
        InputError::new(&shown, place, Problem::Unreadable { reason: files::reason(error) })
    };
    let file = files::open_regular(path)?;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    let mut digest = Sha256Digest::new();
    let mut number = 0;
    loop {
        number += 1;
        line.clear();
        let mut limited = reader.by_ref().take(MAX_LINE_BYTES);
        let n_bytes = limited
            .read_until(b'\n', &mut line)
            .map_err(|error| unreadable(number.to_string(), &error))?;
        if n_bytes == 0 {
            return Ok(digest.finish());
        }
        digest.update(&line);
        if n_bytes as u64 == MAX_LINE_BYTES {
            let problem = Problem::TooLarge { bytes: MAX_LINE_BYTES, limit: MAX_LINE_BYTES };
            return Err(InputError::new(&shown, number.to_string(), problem));
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let object = strip_mark(&line, number);
        if object.first() == Some(&b'[') {
            let detail = "expected one {\"text\": …} per line, found a list".to_owned();
            let place = format!("{number}:1");
            return Err(InputError::new(&shown, place, Problem::Syntax { detail }));
        }
        let value = serde_json::from_slice(object)
            .map_err(|error| line_error(&shown, number, &line, &error))?;
        each(value, number)?;
    }
}

/// The line without a byte order mark at the start of the file.
fn strip_mark(line: &[u8], number: usize) -> &[u8] {
    if number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line }
}

fn line_error(path: &str, number: usize, line: &[u8], error: &serde_json::Error) -> InputError {
    if let Err(refused) = text::decode(path, line) {
        let place = if number == 1 { String::new() } else { number.to_string() };
        return InputError { place, ..refused };
    }
    let message = error.to_string();
    let end = message.find(" at line ").unwrap_or(message.len());
    let detail = format!("expected one {{\"text\": …}} per line: {}", &message[..end]);
    InputError::new(path, format!("{number}:{}", error.column()), Problem::Syntax { detail })
}
