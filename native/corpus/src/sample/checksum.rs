//! By what a file is known to be as it was written, so that none needs to be forced to the disk.

use std::hash::Hasher as _;
use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

/// What is known of bytes that were written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    n_bytes: u64,
    xxh3: u64,
}

impl Checksum {
    /// Of all that can be read.
    ///
    /// # Errors
    /// If reading fails.
    pub fn of(mut stream: impl Read) -> io::Result<Self> {
        let mut sums = Summing::new(io::sink());
        io::copy(&mut stream, &mut sums)?;
        Ok(sums.checksum())
    }
}

/// A writer that sums what is written.
pub struct Summing<W> {
    inner: W,
    n_bytes: u64,
    hasher: XxHash3_64,
}

impl<W> std::fmt::Debug for Summing<W> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Summing").field("n_bytes", &self.n_bytes).finish_non_exhaustive()
    }
}

impl<W: Write> Summing<W> {
    /// A writer to `inner`.
    pub fn new(inner: W) -> Self {
        Self { inner, n_bytes: 0, hasher: XxHash3_64::with_seed(0) }
    }

    /// The checksum of what was written.
    pub fn checksum(&self) -> Checksum {
        Checksum { n_bytes: self.n_bytes, xxh3: self.hasher.finish() }
    }
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.hasher.write(&bytes[..n]);
        self.n_bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_pieces_has_the_checksum_of_the_whole_and_no_other() {
        let mut sums = Summing::new(Vec::new());
        for piece in [&b"some "[..], b"", b"bytes"] {
            sums.write_all(piece).unwrap();
        }
        assert_eq!(sums.checksum(), Checksum::of(&b"some bytes"[..]).unwrap());
        assert_eq!(sums.inner, b"some bytes");
        for other in [&b"some byte"[..], b"some bytes\0", b"some\0bytes"] {
            assert_ne!(sums.checksum(), Checksum::of(other).unwrap());
        }
    }
}
