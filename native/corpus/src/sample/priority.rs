//! Which documents are drawn: those of lowest priority, where a priority is a random number made
//! from the seed, the category and the text.
//!
//! The N lowest of independent uniform numbers are a uniform sample without replacement, whatever
//! the order in which they come, so that threads, shards and interruptions do not matter. Documents
//! of equal text have equal priorities and count once: a text is not likelier to be drawn for being
//! repeated. The text is taken as it lies in its file, since unpacking each would take as long as finding it:
//! one that the corpus holds with its characters escaped in two ways has two priorities.

use std::collections::BTreeMap;

use data_anatomy_core::numeric::rng::scramble;
use twox_hash::XxHash3_64;

/// Makes the priorities of one category's documents.
#[derive(Debug, Clone, Copy)]
pub struct Priorities {
    seed: u64,
}

impl Priorities {
    /// Those of the category with this key under this seed.
    pub fn new(seed: u64, key: &str) -> Self {
        Self { seed: scramble(seed ^ XxHash3_64::oneshot_with_seed(seed, key.as_bytes())) }
    }

    /// The priority of a text.
    pub fn of(self, text: &[u8]) -> u64 {
        scramble(XxHash3_64::oneshot_with_seed(self.seed, text))
    }
}

/// What became of a priority that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// It is too high.
    Refused,
    /// It is one of the lowest so far, and new.
    Taken,
    /// It is one of the lowest so far, and was there before: a copy.
    Copy,
}

/// The lowest distinct priorities so far, and how often each came.
#[derive(Debug, Clone)]
pub struct Lowest {
    capacity: usize,
    limit: u64,
    counts: BTreeMap<u64, u64>,
    refused: bool,
}

impl Lowest {
    /// The lowest `capacity` (at least 1) of those that do not exceed `limit`.
    pub fn new(capacity: usize, limit: u64) -> Self {
        Self { capacity: capacity.max(1), limit, counts: BTreeMap::new(), refused: false }
    }

    /// Offers a priority.
    pub fn offer(&mut self, priority: u64) -> Offer {
        if priority > self.limit {
            self.refused = true;
            return Offer::Refused;
        }
        let count = self.counts.entry(priority).or_insert(0);
        *count += 1;
        if *count > 1 {
            return Offer::Copy;
        }
        if self.counts.len() > self.capacity {
            self.counts.pop_last();
            self.refused = true;
        }
        if self.counts.len() == self.capacity
            && let Some((&highest, _)) = self.counts.last_key_value()
        {
            self.limit = self.limit.min(highest);
        }
        if priority > self.limit { Offer::Refused } else { Offer::Taken }
    }

    /// No priority above this one can be among the lowest any more.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Whether any was too high, so that a larger capacity would have kept more.
    pub fn has_refused(&self) -> bool {
        self.refused
    }

    /// How often this priority came, if it is among the lowest.
    pub fn count(&self, priority: u64) -> Option<u64> {
        self.counts.get(&priority).copied()
    }

    /// The lowest priorities in order, each with how often it came.
    pub fn counts(&self) -> impl Iterator<Item = (u64, u64)> {
        self.counts.iter().map(|(&priority, &count)| (priority, count))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_lowest_are_those_of_a_sorted_list(
            offered in prop::collection::vec(0..60_u64, 0..120),
            capacity in 1..20_usize,
            limit in 20..80_u64,
        ) {
            let mut lowest = Lowest::new(capacity, limit);
            for &priority in &offered {
                lowest.offer(priority);
            }
            let distinct: BTreeSet<u64> = offered.iter().copied().collect();
            let expected: Vec<(u64, u64)> = distinct
                .iter()
                .filter(|priority| **priority <= limit)
                .take(capacity)
                .map(|p| (*p, offered.iter().filter(|other| *other == p).count() as u64))
                .collect();
            prop_assert_eq!(lowest.counts().collect::<Vec<_>>(), expected.clone());
            prop_assert_eq!(lowest.has_refused(), expected.len() < distinct.len());
        }
    }

    #[test]
    fn priorities_keep_their_bits() {
        // A sample of one version is the sample of the next.
        assert_eq!(Priorities::new(42, "c4").of(b"a text"), PINNED);
        assert_ne!(Priorities::new(43, "c4").of(b"a text"), PINNED);
        assert_ne!(Priorities::new(42, "web").of(b"a text"), PINNED);
    }

    /// By the reference implementation of XXH3 and SplitMix64 written out.
    const PINNED: u64 = 8_580_936_108_921_147_219;
}
