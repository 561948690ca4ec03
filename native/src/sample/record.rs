//! Candidates, kept in a file until it is known which of them are drawn.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write};
use std::path::Path;

use memchr::memchr;
use serde::{Deserialize, Serialize};

use super::digest::{Digest, Sketch};
use super::document::Text;
use super::reading::Place;
use super::window::Window;

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
    /// How the text is packed in the file of candidates.
    pub packing: Packing,
    /// Bytes of the packed text, which follows.
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

/// Texts up to here are put by whole and unpacked only if they are drawn; longer ones are cut at once.
const MAX_WHOLE_BYTES: usize = 16 * 1024;

/// Writes a candidate with its text.
///
/// # Errors
/// If it cannot be written.
pub fn write(
    out: &mut impl Write,
    mut header: Header,
    text: Text<'_>,
    window: &Window,
) -> io::Result<()> {
    let cut;
    let bytes = match text {
        Text::Escaped(text) | Text::Plain(text) if text.len() <= MAX_WHOLE_BYTES => text.as_bytes(),
        _ => {
            header.packing = Packing::Cut;
            let whole = text.unpacked().ok_or(io::ErrorKind::InvalidData)?;
            cut = Candidate::of(&whole, &header, window).into_bytes()?;
            cut.as_slice()
        }
    };
    header.n_bytes = bytes.len();
    serde_json::to_writer(&mut *out, &header)?;
    out.write_all(b"\n")?;
    out.write_all(bytes)
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

/// Calls `each` with every candidate of a file and the byte at which its text begins.
///
/// # Errors
/// If the file cannot be read, or is damaged.
pub fn for_each_header(path: &Path, mut each: impl FnMut(Header, u64)) -> io::Result<()> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut line = Vec::new();
    let mut offset = 0;
    loop {
        line.clear();
        let n_read = file.by_ref().take(MAX_HEADER_BYTES).read_until(b'\n', &mut line)?;
        if n_read == 0 {
            return Ok(());
        }
        let header: Header = serde_json::from_slice(&line)?;
        offset += n_read as u64;
        let n_bytes = header.n_bytes;
        each(header, offset);
        file.seek_relative(i64::try_from(n_bytes).map_err(io::Error::other)?)?;
        offset += n_bytes as u64;
    }
}

/// No header is longer.
const MAX_HEADER_BYTES: u64 = 4096;

/// A candidate in a file of them.
#[derive(Debug)]
pub struct Record<'h> {
    header: &'h Header,
    bytes: Vec<u8>,
}

impl<'h> Record<'h> {
    /// The candidate with this header, whose text begins at byte `offset`.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(path: &Path, header: &'h Header, offset: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = vec![0; header.n_bytes];
        file.read_exact(&mut bytes)?;
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
        let text = std::str::from_utf8(&self.bytes).map_err(io::Error::other)?;
        Ok(Some(pack(text).unpacked().ok_or(io::ErrorKind::InvalidData)?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::args::WindowKind;
    use super::super::reading::Unit;
    use super::*;

    #[test]
    fn short_and_long_texts_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("candidates");
        let window = Window { kind: WindowKind::Random, max_chars: 90, seed: 1 };
        let long: String = (0..9_000).map(|word| format!("wörd{word}\n")).collect();
        let long_escaped = long.replace('\n', "\\n");
        let texts = [
            (Text::Plain("short"), "short"),
            (Text::Escaped(r#"a \"short\" one"#), "a \"short\" one"),
            (Text::Plain(&long), long.as_str()),
            (Text::Escaped(&long_escaped), long.as_str()),
        ];
        let mut out = Vec::new();
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
            write(&mut out, header, *text, &window).unwrap();
        }
        std::fs::write(&path, &out).unwrap();
        assert!(out.len() < long.len(), "long texts are put by in part");
        let mut index = 0;
        let each = |header: Header, offset| {
            let whole = texts[index].1;
            let record = Record::read(&path, &header, offset).unwrap();
            let expected = Candidate::of(whole, &header, &window);
            assert_eq!(record.kept(&window).unwrap(), expected.kept);
            assert_eq!(record.candidate(&window).unwrap(), expected);
            index += 1;
        };
        for_each_header(&path, each).unwrap();
        assert_eq!(index, texts.len());
        std::fs::write(&path, &out[..out.len() - 1]).unwrap();
        let mut n_damaged = 0;
        for_each_header(&path, |header, offset| {
            let record = Record::read(&path, &header, offset);
            n_damaged += u32::from(record.and_then(|record| record.candidate(&window)).is_err());
        })
        .unwrap();
        assert_eq!(n_damaged, 1);
    }
}
