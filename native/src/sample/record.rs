//! Candidates, kept in a file until it is known which of them are drawn.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::document::Text;
use super::window::Window;

/// What is known of a candidate besides its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Key of its category.
    pub category: String,
    /// Its priority.
    pub priority: u64,
    /// Where it lies in its shard: `line`, `item`, `row` or `byte`.
    pub unit: String,
    /// The number of that.
    pub number: u64,
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
    /// The part that is kept and what must be known of the whole, as JSON.
    Cut,
}

/// A long document, cut before it was put by.
#[derive(Debug, Serialize, Deserialize)]
struct Cut {
    kept: String,
    start: u64,
    digest: Digest,
}

/// A candidate's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The part that is kept.
    pub kept: String,
    /// The character of the document at which it begins.
    pub start: u64,
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
            cut = serde_json::to_vec(&Cut::of(text, &header, window)?)?;
            cut.as_slice()
        }
    };
    header.n_bytes = bytes.len();
    serde_json::to_writer(&mut *out, &header)?;
    out.write_all(b"\n")?;
    out.write_all(bytes)
}

impl Cut {
    fn of(text: Text<'_>, header: &Header, window: &Window) -> io::Result<Self> {
        let whole = text.unpacked().ok_or(io::ErrorKind::InvalidData)?;
        let start = window.start(header.chars, header.priority);
        let kept = window.cut(&whole, start).to_owned();
        Ok(Self { kept, start, digest: Digest::of(&whole) })
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

/// The text of a candidate in a file of them.
///
/// # Errors
/// If the file cannot be read, or is damaged.
pub fn read(path: &Path, header: &Header, offset: u64, window: &Window) -> io::Result<Candidate> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take(header.n_bytes as u64).read_to_end(&mut bytes)?;
    let damaged = |_| io::Error::from(io::ErrorKind::InvalidData);
    let text = String::from_utf8(bytes).map_err(damaged)?;
    let cut = match header.packing {
        Packing::Cut => serde_json::from_str(&text)?,
        Packing::Escaped => Cut::of(Text::Escaped(&text), header, window)?,
        Packing::Plain => Cut::of(Text::Plain(&text), header, window)?,
    };
    Ok(Candidate { kept: cut.kept, start: cut.start, digest: cut.digest })
}
