//! Lines without the insides of their long strings, and those met before.

use memchr::memchr;

use super::escaped::{self, Scanned, Size};
use super::fields::Found;

/// Strings of fewer bytes stay in the outline.
const LONG_STRING: usize = 64;

/// A long string of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct LongString {
    /// Where it begins in the outline, in which it is empty.
    pub(super) outline_start: usize,
    /// Its bytes in the line.
    pub(super) n_bytes: usize,
    /// The size of its text.
    pub(super) size: Size,
}

/// A line without the insides of its long strings.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) text: String,
    pub(super) long_strings: Vec<LongString>,
}

/// A string that begins at a place and was looked at already.
pub(super) type ScannedAt = (usize, Scanned);

impl Outline {
    /// Takes a line's; none where it holds what is best left to `serde_json`.
    ///
    /// What stands outside strings stays as it is, so that quotes that are paired wrongly because of it
    /// make no JSON of it.
    pub(super) fn make(&mut self, line: &str, scanned: Option<ScannedAt>) -> Option<()> {
        self.text.clear();
        self.long_strings.clear();
        let bytes = line.as_bytes();
        let (mut copied, mut resume) = (0, 0);
        while let Some(quote) = memchr(b'"', &bytes[resume..]) {
            let start = resume + quote + 1;
            let string = &bytes[start..];
            let n_bytes = match short_string(string) {
                Some(n_bytes) => n_bytes,
                None => {
                    let Scanned { n_bytes, size } = scan(string, start, scanned)?;
                    if n_bytes >= LONG_STRING {
                        self.text.push_str(&line[copied..start]);
                        let outline_start = self.text.len();
                        self.long_strings.push(LongString { outline_start, n_bytes, size });
                        copied = start + n_bytes;
                    }
                    n_bytes
                }
            };
            resume = start + n_bytes + 1;
        }
        self.text.push_str(&line[copied..]);
        Some(())
    }
}

/// The string that begins at `start` with these bytes, unless it was looked at already.
fn scan(bytes: &[u8], start: usize, scanned: Option<ScannedAt>) -> Option<Scanned> {
    match scanned {
        Some((place, scanned)) if place == start => Some(scanned),
        _ => escaped::scan(bytes),
    }
}

/// How many bytes the string has that begins so, if they are few and none is a quote that may be escaped.
fn short_string(bytes: &[u8]) -> Option<usize> {
    let n_bytes = memchr(b'"', &bytes[..bytes.len().min(LONG_STRING)])?;
    let is_escaped = n_bytes > 0 && bytes[n_bytes - 1] == b'\\';
    if is_escaped { None } else { Some(n_bytes) }
}

/// An outline with one long string, and where the values of the fields stand in it.
#[derive(Debug)]
struct Template {
    before: String,
    after: String,
    found: Found,
}

/// The last outlines: lines of a corpus often differ in one long string alone.
#[derive(Debug, Default)]
pub(super) struct Templates {
    templates: Vec<Template>,
    /// The one that goes next.
    oldest: usize,
}

/// As many as a corpus has categories, often; all are looked at where none fits.
const MAX_TEMPLATES: usize = 16;
/// Bytes of an outline that is kept.
const MAX_BYTES: usize = 1024;

impl Templates {
    /// The long string of a line and where the values of the fields stand in its outline, if that was met
    /// before; and what was looked at to find out.
    pub(super) fn find(&self, line: &str) -> (Option<(LongString, &Found)>, Option<ScannedAt>) {
        let mut last: Option<ScannedAt> = None;
        for Template { before, after, found } in &self.templates {
            let Some(rest) = line.strip_prefix(before.as_str()) else { continue };
            let Some(scanned) = scan(rest.as_bytes(), before.len(), last) else { continue };
            last = Some((before.len(), scanned));
            let Scanned { n_bytes, size } = scanned;
            // A short one would stand in the outline, where it may be the name of a field.
            if n_bytes >= LONG_STRING && rest.as_bytes()[n_bytes..] == *after.as_bytes() {
                let long = LongString { outline_start: before.len(), n_bytes, size };
                return (Some((long, found)), last);
            }
        }
        (None, last)
    }

    /// Keeps an outline, if it is one that may come again.
    pub(super) fn add(&mut self, outline: &Outline, found: Found) {
        let [LongString { outline_start, .. }] = outline.long_strings.as_slice() else { return };
        if outline.text.len() > MAX_BYTES {
            return;
        }
        let (before, after) = outline.text.split_at(*outline_start);
        if self.templates.len() < MAX_TEMPLATES {
            let (before, after) = (before.to_owned(), after.to_owned());
            self.templates.push(Template { before, after, found });
            return;
        }
        let oldest = &mut self.templates[self.oldest];
        oldest.before.replace_range(.., before);
        oldest.after.replace_range(.., after);
        oldest.found = found;
        self.oldest = (self.oldest + 1) % MAX_TEMPLATES;
    }
}
