//! How a file of JSON lays out its documents, told by its first bytes.

use std::io::{self, Cursor, Read};

use data_anatomy_job::files;
use memchr::memchr;
use serde::de::IgnoredAny;

use super::shard::Shard;

/// Bytes before the first document's first: what some programs put before text in UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How documents are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One on each line.
    Lines,
    /// All are items of one list.
    List,
    /// There is one, over several lines; or none, but what tells of documents.
    Object,
}

/// Bytes that are looked at.
const PEEK_BYTES: u64 = 64;
/// Bytes of the first line of what may be a list that are looked at.
const PEEK_LINE_BYTES: u64 = 1 << 20;

/// The beginning of a stream, and what became of it.
#[derive(Debug)]
pub(super) struct Beginning {
    bytes: Vec<u8>,
    failed: Option<io::Error>,
}

impl Beginning {
    /// As much of a stream's as tells its layout.
    pub(super) fn read(mut stream: impl Read) -> Self {
        let mut bytes = Vec::new();
        let mut failed = stream.by_ref().take(PEEK_BYTES).read_to_end(&mut bytes).err();
        if failed.is_none() && text(&bytes).starts_with(b"[") {
            failed = stream.take(PEEK_LINE_BYTES).read_to_end(&mut bytes).err();
        }
        Self { bytes, failed }
    }

    /// How the documents are laid out.
    pub(super) fn layout(&self) -> Layout {
        let text = text(&self.bytes);
        let end = memchr(b'\n', text);
        let (line, rest) = text.split_at(end.unwrap_or(text.len()));
        let (line, rest) = (line.trim_ascii_end(), rest.trim_ascii_start());
        match (line, rest) {
            // In a list, only these stand before an object, and nothing follows its end. A damaged line may
            // stand before anything.
            ([b'[', .., last], [b'{', ..]) if !b"[,:".contains(last) => Layout::Lines,
            ([b'[', .., b']'], [_, ..]) if serde_json::from_slice::<IgnoredAny>(line).is_ok() => {
                Layout::Lines
            }
            ([b'[', ..], _) => Layout::List,
            ([b'{'] | [b'{', .., b'{' | b','], [b'"', ..]) => Layout::Object,
            _ => Layout::Lines,
        }
    }

    /// The stream as it was, but for the mark before its first byte.
    pub(super) fn chain(mut self, rest: impl Read) -> impl Read {
        if self.bytes.starts_with(BYTE_ORDER_MARK) {
            self.bytes.drain(..BYTE_ORDER_MARK.len());
        }
        Cursor::new(self.bytes).chain(Failing(self.failed)).chain(rest)
    }
}

/// What stands behind the mark and white space.
fn text(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start()
}

/// Fails once, if at all.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// The layout of an uncompressed file; none where it cannot be read.
pub(super) fn of_plain_file(shard: &Shard) -> Option<Layout> {
    let file = files::open_regular(&shard.path).ok()?;
    Some(Beginning::read(file).layout())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_lines_and_objects_are_told_apart() {
        let cases: [(&str, Layout); 18] = [
            ("", Layout::Lines),
            (r#"{"text": "a"}"#, Layout::Lines),
            ("{\"text\": \"a\"}\n{\"text\": \"b\"}", Layout::Lines),
            ("{}\n", Layout::Lines),
            (" [ {\"text\": \"a\"}]", Layout::List),
            ("[\n  {\"text\": \"a\"}\n]", Layout::List),
            ("\u{feff}[{\"text\": \"a\"},\n{\"text\": \"b\"}]", Layout::List),
            ("[{\"meta\":\n{}}]", Layout::List),
            ("[{\"text\": \"a\"}\n,\n{\"text\": \"b\"}]", Layout::List),
            ("[\"x\"]\n{\"text\": \"a\"}\n", Layout::Lines),
            ("[1, 2\n\n{\"text\": \"a\"}\n", Layout::Lines),
            ("[\"x\"]\n[\"y\"]\n{\"text\": \"a\"}\n", Layout::Lines),
            ("[\"x\"]\nxx\n", Layout::Lines),
            ("[\"x\"]\n\n", Layout::List),
            ("{\n{\"text\": \"a\"}\n", Layout::Lines),
            ("{\"text\": \"a\",\n \"id\": 1}", Layout::Object),
            ("{\n  \"text\": \"a\"\n}", Layout::Object),
            ("\u{feff}{ \r\n\"text\": \"a\"}", Layout::Object),
        ];
        for (text, expected) in cases {
            assert_eq!(Beginning::read(text.as_bytes()).layout(), expected, "{text}");
        }
    }

    #[test]
    fn nothing_is_lost_of_a_stream_that_fails_early() {
        let stream = b"\xef\xbb\xbf[{\"text\": \"a\"}, "
            .chain(Failing(Some(io::Error::new(io::ErrorKind::InvalidData, "broken"))));
        let beginning = Beginning::read(stream);
        let mut read = Vec::new();
        let error = beginning.chain(io::empty()).read_to_end(&mut read).unwrap_err();
        assert_eq!(
            (read.as_slice(), error.to_string()),
            (&b"[{\"text\": \"a\"}, "[..], "broken".to_owned())
        );
    }
}
