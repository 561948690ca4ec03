//! What is wrong with a text that should be JSON, and where.

use crate::messages::input_error::{InputError, Problem};
use crate::messages::parser_message::parser_message;

/// What serde_json says is wrong with `text`, with its place: truncated, not finite, or of another form.
pub(crate) fn json_error(path: &str, text: &str, error: &serde_json::Error) -> InputError {
    let place = format!("{}:{}", error.line(), error.column());
    let problem = if error.is_eof() {
        Problem::Truncated
    } else if let Some(found) = not_finite_at(text, error.line(), error.column()) {
        Problem::NotFinite { found }
    } else {
        Problem::Syntax { detail: parser_message(&error.to_string()) }
    };
    InputError::new(path, place, problem)
}

/// Refuses a list or a bare value, which the parser would take for the fields of an object.
pub(crate) fn check_object(path: &str, text: &str) -> Result<(), InputError> {
    if text.trim_start().starts_with('{') {
        return Ok(());
    }
    let detail = "expected a summary (an object in braces)".to_owned();
    Err(InputError::new(path, "1:1", Problem::Syntax { detail }))
}

/// `NaN` or an infinity, which Python writes and JSON does not have, if it stands there.
fn not_finite_at(text: &str, line: usize, column: usize) -> Option<String> {
    let line = text.lines().nth(line.checked_sub(1)?)?;
    // The parser stops at the first character it cannot use: the literal starts there or before.
    let start = column.saturating_sub(2).min(line.len());
    let found = ["-Infinity", "Infinity", "NaN"];
    (start..=(start + 1).min(line.len()))
        .filter_map(|at| line.get(at..))
        .find_map(|rest| found.iter().find(|literal| rest.starts_with(**literal)))
        .map(|literal| (*literal).to_owned())
}
