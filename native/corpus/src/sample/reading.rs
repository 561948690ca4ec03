//! Reading a shard, whole or in part, document by document.

use std::fmt;
use std::io::{self, BufReader, Read};
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicU64, Ordering};

use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_job::files;
use parquet::errors::ParquetError;
use twox_hash::XxHash3_64;

use super::document::{Document, Fault, FaultKind, LineReader};
use super::fields::Fields;
use super::layout::{BYTE_ORDER_MARK, Beginning, Layout};
use super::lines::{self, Line, Lines, MAX_LINE_BYTES};
use super::list::Items;
use super::rows::Rows;
use super::shard::{Compression, Format, Shard};
use super::stream;

/// How much of a shard is read.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// All of it.
    Whole,
    /// This share of it, chosen at random: lines from a random byte on, as if its end met its
    /// beginning, or random row groups. Every document is as likely to be read as any other.
    Random {
        /// From 0 to 1.
        share: f64,
        /// Seed of the choice.
        seed: u64,
    },
    /// So many bytes of the file from its beginning: no document behind them can be drawn.
    Head {
        /// Bytes of the file.
        bytes: u64,
    },
}

/// Where a document lies in its shard.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Place {
    /// By what it is counted.
    pub unit: Unit,
    /// Its number, from 1, or from 0 for bytes.
    pub number: u64,
}

/// By what places in a shard are counted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Lines of the whole.
    Line,
    /// Items of a list.
    Item,
    /// Rows of a table.
    Row,
    /// Bytes, where reading did not begin at the beginning.
    Byte,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Line => "line",
            Unit::Item => "item",
            Unit::Row => "row",
            Unit::Byte => "byte",
        };
        write!(formatter, "{unit} {}", self.number)
    }
}

/// What takes the documents of a shard in.
pub type Each<'e> = dyn FnMut(Place, Result<Document<'_>, Fault>) + 'e;

/// Calls `each` with every document of a part of a shard, adding the bytes read of the file to `n_read`,
/// and returns why reading ended early, if it did.
pub fn read(
    shard: &Shard,
    part: Part,
    fields: &Fields,
    n_read: &AtomicU64,
    each: &mut Each<'_>,
) -> Option<String> {
    if shard.version.bytes == 0 {
        return Some("it is empty".to_owned());
    }
    match (shard.format, part) {
        (Format::Parquet, _) => read_rows(shard, part, fields, n_read, each).err(),
        (Format::Json(Compression::None), Part::Random { share, seed }) => {
            let ranges = byte_ranges(shard.version.bytes, share, &mut stream_of(shard, seed));
            ranges
                .into_iter()
                .find_map(|range| read_range(shard, range, fields, n_read, each).err())
        }
        (Format::Json(compression), part) => {
            read_json(shard, compression, part, fields, n_read, each).err()
        }
    }
}

/// The random choices of one shard.
fn stream_of(shard: &Shard, seed: u64) -> RandomStream {
    RandomStream::new(seed, XxHash3_64::oneshot(shard.name.as_bytes()))
}

/// Ranges that hold this share of `n_bytes`, from a random place on and around the end.
fn byte_ranges(n_bytes: u64, share: f64, dice: &mut RandomStream) -> Vec<Range<u64>> {
    #[expect(clippy::cast_precision_loss, reason = "a share of a file's size")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and it")]
    let length = ((n_bytes as f64 * share).ceil() as u64).min(n_bytes);
    if length == 0 {
        return Vec::new();
    }
    let start = dice.index(usize::try_from(n_bytes).unwrap_or(usize::MAX)) as u64;
    match (start + length).checked_sub(n_bytes) {
        None | Some(0) => std::iter::once(start..start + length).collect(),
        Some(around) => vec![0..around, start..n_bytes],
    }
}

/// Reads the lines that begin within a range of an uncompressed file.
fn read_range(
    shard: &Shard,
    range: Range<u64>,
    fields: &Fields,
    n_read: &AtomicU64,
    each: &mut Each<'_>,
) -> Result<(), String> {
    // From one byte before: a line that begins with the range ends none of its bytes.
    let open_at = range.start.saturating_sub(1);
    let reason = |error: io::Error| stream::reason(&error);
    let stream = stream::open(&shard.path, Compression::None, open_at, n_read)
        .map_err(|error| error.to_string())?;
    let mut lines = Lines::new(stream);
    if range.start > 0 {
        lines.next_line().map_err(reason)?;
    }
    let mut reader = LineReader::new(fields);
    loop {
        let number = open_at + lines.position();
        if number >= range.end {
            return Ok(());
        }
        let Some(mut line) = lines.next_line().map_err(reason)? else { return Ok(()) };
        if number == 0
            && let Line::Whole(first) = &mut line
        {
            *first = first.strip_prefix(BYTE_ORDER_MARK).unwrap_or(first);
        }
        take(line, Place { unit: Unit::Byte, number }, &mut reader, each);
    }
}

/// Reads a JSON shard from its beginning: lines, or one list.
fn read_json(
    shard: &Shard,
    compression: Compression,
    part: Part,
    fields: &Fields,
    n_read: &AtomicU64,
    each: &mut Each<'_>,
) -> Result<(), String> {
    let reason = |error: io::Error| stream::reason(&error);
    let limit = match part {
        Part::Head { bytes } => bytes,
        Part::Whole | Part::Random { .. } => u64::MAX,
    };
    let before = n_read.load(Ordering::Relaxed);
    let mut reached_at = None;
    // What was read when the limit was reached is used up: a small file is read at once.
    let mut is_enough = || {
        let n = n_read.load(Ordering::Relaxed) - before;
        n >= limit && n > *reached_at.get_or_insert(n)
    };
    let stream =
        stream::open(&shard.path, compression, 0, n_read).map_err(|error| error.to_string())?;
    let mut reader = LineReader::new(fields);
    split(stream, &mut |place, line| {
        take(line, place, &mut reader, each);
        if is_enough() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .map_err(reason)
}

/// Calls `each` with the lines of JSON, the items of a list or the one object that it is, until it breaks off.
pub(super) fn split(
    mut stream: impl Read,
    each: &mut dyn FnMut(Place, Line<'_>) -> ControlFlow<()>,
) -> io::Result<()> {
    let beginning = Beginning::read(&mut stream);
    let layout = beginning.layout();
    let stream = beginning.chain(stream);
    let mut number = 0;
    if layout == Layout::Object {
        let mut object = Vec::new();
        stream.take(MAX_LINE_BYTES as u64 + 1).read_to_end(&mut object)?;
        let is_whole = object.len() <= MAX_LINE_BYTES;
        let line = if is_whole { Line::Whole(&object) } else { Line::TooLong };
        let _ = each(Place { unit: Unit::Item, number: 1 }, line);
        return Ok(());
    }
    if layout == Layout::List {
        let mut items = Items::new(BufReader::with_capacity(1 << 17, stream));
        while let Some(item) = items.next_item()? {
            number += 1;
            if each(Place { unit: Unit::Item, number }, item).is_break() {
                break;
            }
        }
        return Ok(());
    }
    let mut lines = Lines::new(stream);
    while let Some(line) = lines.next_line()? {
        number += 1;
        if each(Place { unit: Unit::Line, number }, line).is_break() {
            break;
        }
    }
    Ok(())
}

/// Hands on the document of a line; blank lines are passed over.
#[expect(clippy::needless_pass_by_value, reason = "a line is read once")]
fn take(line: Line<'_>, place: Place, reader: &mut LineReader<'_>, each: &mut Each<'_>) {
    match line {
        Line::Whole(line) if lines::is_blank(line) => {}
        Line::Whole(line) => each(place, reader.read(line)),
        Line::TooLong => {
            each(place, Err(FaultKind::TooLong.with(lines::too_long())));
        }
    }
}

fn read_rows(
    shard: &Shard,
    part: Part,
    fields: &Fields,
    n_read: &AtomicU64,
    each: &mut Each<'_>,
) -> Result<(), String> {
    let file = files::open_regular(&shard.path).map_err(|error| error.problem.to_string())?;
    stream::refuse_pointer(&file).map_err(|error| error.to_string())?;
    let plain = |error: ParquetError| match error.to_string() {
        message if message.contains("Disabled feature") => {
            format!("{message}: write it anew, compressed with zstd")
        }
        message => message.trim_start_matches("Parquet error: ").to_owned(),
    };
    let rows = Rows::open(file, fields).map_err(plain)?;
    let n_groups = rows.n_groups();
    let groups = match part {
        Part::Random { share, seed } => random_groups(n_groups, share, &mut stream_of(shard, seed)),
        Part::Whole | Part::Head { .. } => (0..n_groups).collect(),
    };
    let mut lost = Ok(());
    for group in groups {
        let mut each = |number, document: Result<Document<'_>, Fault>| {
            each(Place { unit: Unit::Row, number }, document);
        };
        // A damaged row group does not hide the next.
        if let Err(error) = rows.read_group(group, &mut each) {
            lost = Err(format!("row group {group}: {}", plain(error)));
        }
        n_read.fetch_add(shard.version.bytes / n_groups as u64, Ordering::Relaxed);
    }
    lost
}

/// So many random groups that each is chosen with probability `share`.
fn random_groups(n_groups: usize, share: f64, dice: &mut RandomStream) -> Vec<usize> {
    #[expect(clippy::cast_precision_loss, reason = "row groups are few")]
    let wanted = n_groups as f64 * share + dice.unit();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and n")]
    let n_wanted = (wanted.floor() as usize).min(n_groups);
    let mut groups: Vec<usize> = (0..n_groups).collect();
    dice.shuffle(&mut groups);
    groups.truncate(n_wanted);
    groups.sort_unstable();
    groups
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
