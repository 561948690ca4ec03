//! What the JSON and YAML parsers say, in plain words: what was expected, then what was found.

/// The parsers' names for things, and ours.
const PLAIN_WORDS: [(&str, &str); 14] = [
    ("invalid floating point", "expected a number"),
    ("expected mapping start", "expected names with values (`name: value`)"),
    ("expected sequence start", "expected a list"),
    ("expected string scalar", "expected text"),
    ("while scanning a plain scalar, found a tab", "expected blanks, found a tab"),
    ("expected f64", "expected a number"),
    ("expected u64", "expected a whole number of at least 0"),
    ("expected a sequence", "expected a list"),
    ("expected struct RawSummary", "expected a summary (an object in braces)"),
    ("expected struct RawPriors", "expected an object in braces"),
    ("expected struct RawCategory", "expected an object in braces"),
    ("expected struct RawConfig", "expected an object in braces"),
    ("sequence", "list"),
    ("floating point", "number"),
];

/// The parser's `message` on one line, without the place, which is said elsewhere.
pub(crate) fn parser_message(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let end = [" at line ", " (line "].iter().filter_map(|mark| line.find(mark)).min();
    let line = line[..end.unwrap_or(line.len())].trim();
    let plain = PLAIN_WORDS.iter().fold(line.to_owned(), |text, (from, to)| text.replace(from, to));
    let plain = duplicate_key(&plain).unwrap_or(plain);
    expected_first(&plain).unwrap_or(plain)
}

/// `duplicate mapping key: a, set …` or "duplicate field `a`" as "`a` stands twice".
fn duplicate_key(message: &str) -> Option<String> {
    let rest = message.strip_prefix("duplicate mapping key: ");
    let yaml = rest.map(|rest| rest.split(", set ").next().unwrap_or(rest));
    let json = message.strip_prefix("duplicate field ").map(|name| name.trim_matches('`'));
    yaml.or(json).map(|name| format!("`{name}` stands twice"))
}

/// `invalid type: X, expected Y` and "unknown field X, expected Y" as `expected Y, found X`.
fn expected_first(message: &str) -> Option<String> {
    let starts = ["invalid type: ", "invalid value: ", "unknown variant ", "unknown field "];
    let rest = starts.iter().find_map(|start| message.strip_prefix(start))?;
    let (found, expected) = rest.split_once(", expected ")?;
    Some(format!("expected {expected}, found {found}"))
}
