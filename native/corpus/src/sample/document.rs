//! One line of a corpus: where its text and its category are, without unpacking either.

use std::borrow::Cow;
use std::ops::Range;

use data_anatomy_core::messages::printable::shortened;

use super::escaped::{self, Size};
use super::fields::{Fields, Found};
use super::outline::{LongString, Outline, Templates};

/// The text of a document as it lies in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text<'a> {
    /// What stands between the quotes of a JSON string.
    Escaped(&'a str),
    /// The text itself.
    Plain(&'a str),
}

impl<'a> Text<'a> {
    /// Its bytes as they lie in the file.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Text::Escaped(text) | Text::Plain(text) => text.as_bytes(),
        }
    }

    /// Whether it is white space alone.
    pub fn is_blank(&self) -> bool {
        match self {
            Text::Escaped(text) => escaped::is_blank(text),
            Text::Plain(text) => text.trim_start().is_empty(),
        }
    }

    /// The text itself; none where an escape is wrong, which [`LineReader::read`] rules out.
    pub fn unpacked(self) -> Option<Cow<'a, str>> {
        match self {
            Text::Plain(text) => Some(Cow::Borrowed(text)),
            Text::Escaped(text) if !text.contains('\\') => Some(Cow::Borrowed(text)),
            Text::Escaped(text) => {
                serde_json::from_str(&format!("\"{text}\"")).ok().map(Cow::Owned)
            }
        }
    }
}

/// A document of a corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'a> {
    /// Its text.
    pub text: Text<'a>,
    /// The size of the text, unpacked.
    pub size: Size,
    /// What its category field says, where one was asked for.
    pub category: Option<Cow<'a, str>>,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of fault it is.
    pub kind: FaultKind,
    /// What was found and expected.
    pub detail: String,
}

/// Characters that are kept of what is wrong: details repeat what stands in the file.
const MAX_DETAIL_CHARS: usize = 200;

/// Kinds of faults.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Bytes that are no UTF-8.
    InvalidUtf8,
    /// No JSON object.
    Syntax,
    /// No text, or something else in its place.
    Text,
    /// No category, or something else in its place.
    Category,
    /// Longer than is read.
    TooLong,
}

impl FaultKind {
    /// The fault of this kind, with what was found shortened to what a reader takes in.
    pub fn with(self, detail: impl AsRef<str>) -> Fault {
        Fault { kind: self, detail: shortened(detail.as_ref(), MAX_DETAIL_CHARS).into_owned() }
    }
}

/// Reads lines of one shard, keeping what can be used again from line to line.
#[derive(Debug)]
pub struct LineReader<'f> {
    fields: &'f Fields,
    outline: Outline,
    templates: Templates,
}

impl<'f> LineReader<'f> {
    /// A reader of lines with these fields.
    pub fn new(fields: &'f Fields) -> Self {
        Self { fields, outline: Outline::default(), templates: Templates::default() }
    }

    /// The document in a line.
    ///
    /// `serde_json` alone decides what is JSON. It is given the line without the insides of long
    /// strings, which hold nearly all bytes: what can be wrong inside a string, escapes and control
    /// characters, is checked here, faster; and the same outline only once. Where anything looks odd it is
    /// given the line as it is.
    ///
    /// # Errors
    /// If it is not such an object.
    pub fn read<'a>(&mut self, line: &'a [u8]) -> Result<Document<'a>, Fault> {
        let line = simdutf8::compat::from_utf8(line).map_err(|error| {
            let place = error.valid_up_to() + 1;
            FaultKind::InvalidUtf8.with(format!("byte {place} of the line is not UTF-8"))
        })?;
        let (known, scanned) = self.templates.find(line);
        if let Some((long, found)) = known {
            return self.document(found, &[long], line);
        }
        if self.outline.make(line, scanned).is_some()
            && let Ok(found) = Found::of(&self.outline.text, self.fields)
        {
            let document = self.document(&found, &self.outline.long_strings, line);
            self.templates.add(&self.outline, found);
            return document;
        }
        let start = line.trim_ascii_start();
        if !start.starts_with('{') {
            let detail = format!("expected an object, found {}", start_of(start));
            return Err(FaultKind::Syntax.with(detail));
        }
        let found = Found::of(line, self.fields).map_err(|error| {
            let message = error.to_string();
            let end = message.find(" at line ").unwrap_or(message.len());
            let detail = format!("{} at column {}", &message[..end], error.column());
            FaultKind::Syntax.with(detail)
        })?;
        self.document(&found, &[], line)
    }

    /// The document whose fields were found in the outline of a line.
    fn document<'a>(
        &self,
        found: &Found,
        long_strings: &[LongString],
        line: &'a str,
    ) -> Result<Document<'a>, Fault> {
        let in_line = |range: &Range<usize>| &line[in_line(range, long_strings)];
        let expected =
            || self.fields.text.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
        let range = found.text.as_ref().ok_or_else(|| {
            FaultKind::Text
                .with(format!("expected a field {}, found none", expected().join(" or ")))
        })?;
        let text = string_in(in_line(range)).ok_or_else(|| {
            let found = start_of(in_line(range));
            FaultKind::Text
                .with(format!("expected a text in {}, found {found}", expected().join(" or ")))
        })?;
        let long = long_strings.iter().find(|long| long.outline_start == range.start + 1);
        let size = match long {
            Some(long) => long.size,
            None => escaped::size(text)
                .ok_or_else(|| FaultKind::Text.with("the text holds half a surrogate pair"))?,
        };
        let category = match (&found.category, self.fields.category.is_empty()) {
            (_, true) => None,
            (range, false) => Some(self.category(range.as_ref().map(in_line))?),
        };
        Ok(Document { text: Text::Escaped(text), size, category })
    }

    fn category<'a>(&self, value: Option<&'a str>) -> Result<Cow<'a, str>, Fault> {
        let field = self.fields.category.join(".");
        let value = value.ok_or_else(|| {
            FaultKind::Category.with(format!("expected a category in `{field}`, found none"))
        })?;
        let name = string_in(value).and_then(|name| Text::Escaped(name).unpacked());
        name.ok_or_else(|| {
            let found = start_of(value);
            FaultKind::Category.with(format!("expected a text in `{field}`, found {found}"))
        })
    }
}

/// Where a part of the outline lies in the line.
fn in_line(range: &Range<usize>, long_strings: &[LongString]) -> Range<usize> {
    let place = |at: usize| {
        let before = long_strings.iter().take_while(|long| long.outline_start < at);
        at + before.map(|long| long.n_bytes).sum::<usize>()
    };
    place(range.start)..place(range.end)
}

/// What stands between the quotes of a JSON value, if it is a string.
fn string_in(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

/// Characters of what was found that are shown.
pub(super) const MAX_SHOWN_CHARS: usize = 20;

/// The beginning of a value, for a message.
fn start_of(value: &str) -> String {
    format!("`{}`", shortened(value, MAX_SHOWN_CHARS))
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
