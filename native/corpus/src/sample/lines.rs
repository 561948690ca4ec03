//! Lines of a stream, split in place, with a bound on memory.

use std::io::{self, Read};

use memchr::memchr;

/// The longest line that is read: a text of 64 MiB is not a document.
pub const MAX_LINE_BYTES: usize = 64 << 20;
/// Bytes asked for at a time.
const BLOCK_BYTES: usize = 1 << 17;

/// Splits a stream into lines.
#[derive(Debug)]
pub struct Lines<R> {
    stream: R,
    buffer: Vec<u8>,
    /// What of the buffer is read and not given out yet.
    start: usize,
    end: usize,
    /// How far it was searched for an end of line.
    searched: usize,
    /// How many bytes of the stream come before `start`.
    position: u64,
    at_end: bool,
}

/// A line of a stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Its bytes, without the end of line.
    Whole(&'a [u8]),
    /// It was passed over, since it is longer than [`MAX_LINE_BYTES`].
    TooLong,
}

impl<R: Read> Lines<R> {
    /// The lines of `stream`.
    pub fn new(stream: R) -> Self {
        let buffer = vec![0; 2 * BLOCK_BYTES];
        Self { stream, buffer, start: 0, end: 0, searched: 0, position: 0, at_end: false }
    }

    /// How many bytes of the stream come before the next line.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The next line; none after the last. What follows the last end of line is a line, too.
    ///
    /// # Errors
    /// If the stream cannot be read further; what comes before was given out.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut too_long = false;
        loop {
            if let Some(offset) = memchr(b'\n', &self.buffer[self.searched..self.end]) {
                let line = self.start..self.searched + offset;
                (self.start, self.searched) = (line.end + 1, line.end + 1);
                self.position += (line.len() + 1) as u64;
                return Ok(Some(if too_long {
                    Line::TooLong
                } else {
                    Line::Whole(&self.buffer[line])
                }));
            }
            self.searched = self.end;
            if self.end - self.start > MAX_LINE_BYTES {
                too_long = true;
                self.position += (self.end - self.start) as u64;
                (self.start, self.end, self.searched) = (0, 0, 0);
            }
            if self.at_end {
                let line = self.start..self.end;
                self.start = self.end;
                self.position += line.len() as u64;
                return Ok(match (too_long, line.is_empty()) {
                    (true, _) => Some(Line::TooLong),
                    (false, true) => None,
                    (false, false) => Some(Line::Whole(&self.buffer[line])),
                });
            }
            self.fill()?;
        }
    }

    /// Reads more behind what is there, which is moved to the front where that makes room.
    fn fill(&mut self) -> io::Result<()> {
        if self.buffer.len() - self.end < BLOCK_BYTES {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.end, self.searched) = (self.end - self.start, self.searched - self.start);
            self.start = 0;
            if self.buffer.len() - self.end < BLOCK_BYTES {
                self.buffer.resize(2 * self.buffer.len(), 0);
            }
        }
        let n_read = loop {
            match self.stream.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.end += n_read;
        self.at_end = n_read == 0;
        Ok(())
    }
}

/// What is said of a document of more bytes.
pub fn too_long() -> String {
    format!("longer than {} MiB", MAX_LINE_BYTES >> 20)
}

/// Whether a line is empty but for white space.
pub fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A stream that gives so many bytes at a time.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(self.0.len()).min(buffer.len());
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    proptest! {
        #[test]
        fn lines_match_those_of_a_slice(
            lengths in prop::collection::vec(prop_oneof![0..5_usize, 100_000..400_000_usize], 0..8),
            ends in any::<bool>(),
            drip in prop_oneof![Just(7_777_usize), Just(1 << 20)],
        ) {
            let lines: Vec<Vec<u8>> = lengths.iter().enumerate().map(|(i, &n)| vec![b'a' + u8::try_from(i).unwrap(); n]).collect();
            let mut bytes = lines.join(&b'\n');
            if ends && !bytes.is_empty() { bytes.push(b'\n'); }
            let mut expected: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
            if expected.last().is_some_and(|last| last.is_empty()) { expected.pop(); }
            let mut stream = Lines::new(Drip(&bytes, drip));
            let mut found = Vec::new();
            let mut position = 0;
            while let Some(Line::Whole(line)) = stream.next_line().unwrap() {
                found.push(line.to_vec());
                position += line.len() as u64 + 1;
                prop_assert_eq!(stream.position(), position.min(bytes.len() as u64));
            }
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_line_without_end_is_passed_over_in_bounded_memory() {
        let stream = io::repeat(b'x').take(3 * MAX_LINE_BYTES as u64).chain(&b"\nnext\n"[..]);
        let mut lines = Lines::new(stream);
        assert_eq!(lines.next_line().unwrap(), Some(Line::TooLong));
        assert_eq!(lines.position(), 3 * MAX_LINE_BYTES as u64 + 1);
        assert_eq!(lines.next_line().unwrap(), Some(Line::Whole(b"next")));
        assert_eq!(lines.next_line().unwrap(), None);
        assert!(lines.buffer.len() <= 4 * MAX_LINE_BYTES);
    }
}
