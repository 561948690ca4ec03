//! What is to be read of a corpus: a shard, or a part of one.

use super::reading::Part;
use super::shard::Shard;
use super::source::Source;

/// A shard, how much of it is read, and where its category stands.
#[derive(Debug, Clone)]
pub struct Task {
    /// The shard.
    pub shard: Shard,
    /// How much of it is read; nothing where none.
    pub part: Option<Part>,
    /// Where its category stands.
    pub source: Source,
}

impl Task {
    /// Bytes to read, roughly.
    pub(super) fn bytes(&self) -> u64 {
        match self.part {
            None => 0,
            Some(Part::Whole) => self.shard.version.bytes,
            Some(Part::Head { bytes }) => bytes.min(self.shard.version.bytes),
            #[expect(clippy::cast_precision_loss, reason = "for progress")]
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "for progress"
            )]
            Some(Part::Random { share, .. }) => (self.shard.version.bytes as f64 * share) as u64,
        }
    }
}
