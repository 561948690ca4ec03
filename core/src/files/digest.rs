//! Fingerprints of inputs, so that a reader can tell which file a number came from.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Bytes hashed by one call. A browser replaces slow code by fast code between the calls of a
/// function, never within one, so the first long file must not be a single call.
const PIECE_BYTES: usize = 16 * 1024;

/// The SHA-256 of `bytes` in lower-case hexadecimal, 64 characters.
pub fn sha256_hex(bytes: &[u8]) -> String {
    let mut digest = Sha256Digest::new();
    for piece in bytes.chunks(PIECE_BYTES) {
        digest.update(piece);
    }
    digest.finish()
}

/// A SHA-256 made piece by piece.
#[derive(Debug, Clone, Default)]
pub struct Sha256Digest(Sha256);

impl Sha256Digest {
    /// The digest of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all pieces in lower-case hexadecimal, 64 characters.
    pub fn finish(self) -> String {
        self.0.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn matches_the_examples_of_fips_180() {
        assert_eq!(
            super::sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        // The third example of the standard: longer than a piece.
        assert_eq!(
            super::sha256_hex(&vec![b'a'; 1_000_000]),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        );
    }
}
