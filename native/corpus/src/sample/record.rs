//! Candidates, kept in files until it is known which of them are drawn: their headers, all of which are read
//! again, and their texts, few of which are.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use memchr::memchr;
use serde::{Deserialize, Serialize};

use super::document::Text;
use super::reading::Place;
use super::window::Window;
use crate::digest::{Digest, Sketch};

/// What is known of a candidate besides its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Key of its category.
    pub category: String,
    /// Its priority.
    pub priority: u64,
    /// Where it lies in its shard.
    pub place: Place,
    /// Characters of the whole document.
    pub chars: u64,
    /// How the text is packed in the file of texts.
    pub packing: Packing,
    /// Bytes of the packed text.
    pub n_bytes: usize,
}

/// How the text of a candidate is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Packing {
    /// As it stands between the quotes of a JSON string.
    Escaped,
    /// As it is.
    Plain,
    /// The part that is kept and what must be known of the whole: a line of JSON, then the sketch.
    Cut,
}

/// The line of a long document that was cut before it was put by.
#[derive(Debug, Serialize, Deserialize)]
struct CutLine {
    kept: String,
    start: u64,
    fingerprint: u64,
}

/// The part that is kept of a candidate's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// It.
    pub text: String,
    /// The character of the document at which it begins.
    pub start: u64,
}

/// A candidate's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The part that is kept.
    pub kept: Kept,
    /// What tells the whole document from others.
    pub digest: Digest,
}

/// Texts up to here are put by whole and unpacked only if they are drawn, as few are; longer ones, which would
/// fill the disk, are cut at once.
const MAX_WHOLE_BYTES: usize = 64 * 1024;

/// Writes candidates.
#[derive(Debug)]
pub struct Writer<W> {
    /// The headers, each a line of JSON.
    pub headers: W,
    /// The texts in the same order, one behind the other.
    pub texts: W,
}

impl<W: Write> Writer<W> {
    /// Writes a candidate with its text.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, mut header: Header, text: Text<'_>, window: &Window) -> io::Result<()> {
        let cut;
        let bytes = match text {
            Text::Escaped(text) | Text::Plain(text) if text.len() <= MAX_WHOLE_BYTES => {
                text.as_bytes()
            }
            _ => {
                header.packing = Packing::Cut;
                let whole = text.unpacked().ok_or(io::ErrorKind::InvalidData)?;
                cut = Candidate::of(&whole, &header, window).into_bytes()?;
                cut.as_slice()
            }
        };
        header.n_bytes = bytes.len();
        serde_json::to_writer(&mut self.headers, &header)?;
        self.headers.write_all(b"\n")?;
        self.texts.write_all(bytes)
    }
}

impl Kept {
    fn of(whole: &str, header: &Header, window: &Window) -> Self {
        let start = window.start(header.chars, header.priority);
        Self { text: window.cut(whole, start).to_owned(), start }
    }
}

impl Candidate {
    fn of(whole: &str, header: &Header, window: &Window) -> Self {
        Self { kept: Kept::of(whole, header, window), digest: Digest::of(whole) }
    }

    fn into_bytes(self) -> io::Result<Vec<u8>> {
        let Digest { fingerprint, sketch } = self.digest;
        let Kept { text: kept, start } = self.kept;
        let mut bytes = serde_json::to_vec(&CutLine { kept, start, fingerprint })?;
        bytes.push(b'\n');
        bytes.extend(sketch.to_bytes());
        Ok(bytes)
    }
}

impl CutLine {
    /// The line, and the sketch behind it as bytes.
    fn split(bytes: &[u8]) -> io::Result<(Self, &[u8])> {
        let end = memchr(b'\n', bytes).ok_or(io::ErrorKind::InvalidData)?;
        Ok((serde_json::from_slice(&bytes[..end])?, &bytes[end + 1..]))
    }
}

/// Calls `each` with every candidate of a file of headers and the byte at which its text begins.
///
/// # Errors
/// If the file cannot be read, or is damaged.
pub fn for_each_header(path: &Path, mut each: impl FnMut(Header, u64)) -> io::Result<()> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut line = Vec::new();
    let mut offset = 0;
    loop {
        line.clear();
        if file.by_ref().take(MAX_HEADER_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let header: Header = serde_json::from_slice(&line)?;
        let n_bytes = header.n_bytes as u64;
        each(header, offset);
        offset += n_bytes;
    }
}

/// No header is longer.
const MAX_HEADER_BYTES: u64 = 4096;

/// A candidate that was put by.
#[derive(Debug)]
pub struct Record<'h> {
    header: &'h Header,
    bytes: Vec<u8>,
}

impl<'h> Record<'h> {
    /// The candidate with this header, whose text begins at byte `offset` of the file of texts.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(
        texts: &mut (impl Read + Seek),
        header: &'h Header,
        offset: u64,
    ) -> io::Result<Self> {
        texts.seek(SeekFrom::Start(offset))?;
        let mut bytes = vec![0; header.n_bytes];
        texts.read_exact(&mut bytes)?;
        Ok(Self { header, bytes })
    }

    /// What is kept of its text.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn kept(&self, window: &Window) -> io::Result<Kept> {
        match self.whole()? {
            Some(whole) => Ok(Kept::of(&whole, self.header, window)),
            None => {
                let (CutLine { kept: text, start, .. }, _) = CutLine::split(&self.bytes)?;
                Ok(Kept { text, start })
            }
        }
    }

    /// What is kept of its text, and what tells the whole from others.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn candidate(&self, window: &Window) -> io::Result<Candidate> {
        if let Some(whole) = self.whole()? {
            return Ok(Candidate::of(&whole, self.header, window));
        }
        let (CutLine { kept: text, start, fingerprint }, sketch) = CutLine::split(&self.bytes)?;
        let sketch = Sketch::from_bytes(sketch).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Candidate { kept: Kept { text, start }, digest: Digest { fingerprint, sketch } })
    }

    /// The whole text, if it was put by whole.
    fn whole(&self) -> io::Result<Option<Cow<'_, str>>> {
        let pack = match self.header.packing {
            Packing::Cut => return Ok(None),
            Packing::Escaped => Text::Escaped,
            Packing::Plain => Text::Plain,
        };
        let text = simdutf8::basic::from_utf8(&self.bytes).map_err(io::Error::other)?;
        Ok(Some(pack(text).unpacked().ok_or(io::ErrorKind::InvalidData)?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::Unit;
    use super::super::window::WindowKind;
    use super::*;

    #[test]
    fn short_and_long_texts_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("headers");
        let window = Window { kind: WindowKind::Random, max_chars: 90, seed: 1 };
        let long: String = (0..20_000).map(|word| format!("wörd{word}\n")).collect();
        let long_escaped = long.replace('\n', "\\n");
        let texts = [
            (Text::Plain("short"), "short"),
            (Text::Escaped(r#"a \"short\" one"#), "a \"short\" one"),
            (Text::Plain(&long), long.as_str()),
            (Text::Escaped(&long_escaped), long.as_str()),
        ];
        let mut out = Writer { headers: Vec::new(), texts: Vec::new() };
        for (index, (text, whole)) in texts.iter().enumerate() {
            let header = Header {
                category: "c4".to_owned(),
                priority: index as u64,
                place: Place { unit: Unit::Line, number: 7 },
                chars: whole.chars().count() as u64,
                packing: match text {
                    Text::Plain(_) => Packing::Plain,
                    Text::Escaped(_) => Packing::Escaped,
                },
                n_bytes: 0,
            };
            out.write(header, *text, &window).unwrap();
        }
        std::fs::write(&path, &out.headers).unwrap();
        assert!(out.texts.len() < long.len(), "long texts are put by in part");
        let mut stream = io::Cursor::new(&out.texts);
        let mut index = 0;
        let each = |header: Header, offset| {
            let whole = texts[index].1;
            let record = Record::read(&mut stream, &header, offset).unwrap();
            let expected = Candidate::of(whole, &header, &window);
            assert_eq!(record.kept(&window).unwrap(), expected.kept);
            assert_eq!(record.candidate(&window).unwrap(), expected);
            index += 1;
        };
        for_each_header(&path, each).unwrap();
        assert_eq!(index, texts.len());
        let mut stream = io::Cursor::new(&out.texts[..out.texts.len() - 1]);
        let mut n_damaged = 0;
        for_each_header(&path, |header, offset| {
            let record = Record::read(&mut stream, &header, offset);
            n_damaged += u32::from(record.and_then(|record| record.candidate(&window)).is_err());
        })
        .unwrap();
        assert_eq!(n_damaged, 1);
    }
}
