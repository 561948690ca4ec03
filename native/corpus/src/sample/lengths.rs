//! How long documents are: exact count, sum and extremes, and quantiles to better than one percent.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Lengths up to here have a bucket each.
const EXACT_BELOW: u64 = 128;
/// Buckets per power of two above that: each is at most 1/64 of its lower end wide.
const BUCKETS_PER_OCTAVE: u64 = 64;

/// The distribution of lengths. Those of two sets of documents can be joined, in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lengths {
    n: u64,
    sum: u128,
    min: u64,
    max: u64,
    /// How many lengths are in each bucket, up to the last that has any.
    #[serde(with = "sparse")]
    buckets: Vec<u64>,
}

impl Lengths {
    /// Counts one more length.
    pub fn add(&mut self, length: u64) {
        self.min = if self.n == 0 { length } else { self.min.min(length) };
        self.max = self.max.max(length);
        self.n += 1;
        self.sum += u128::from(length);
        *self.in_bucket(bucket(length)) += 1;
    }

    fn in_bucket(&mut self, bucket: usize) -> &mut u64 {
        if bucket >= self.buckets.len() {
            self.buckets.resize(bucket + 1, 0);
        }
        &mut self.buckets[bucket]
    }

    /// Adds the lengths of another set.
    pub fn join(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        self.min = if self.n == 0 { other.min } else { self.min.min(other.min) };
        self.max = self.max.max(other.max);
        self.n += other.n;
        self.sum += other.sum;
        for (bucket, n) in other.buckets.iter().enumerate() {
            *self.in_bucket(bucket) += n;
        }
    }

    /// How many there are.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// The mean; 0 where nothing was counted.
    #[expect(clippy::cast_precision_loss, reason = "a mean to 15 digits")]
    pub fn mean(&self) -> f64 {
        if self.n == 0 { 0.0 } else { self.sum as f64 / self.n as f64 }
    }

    /// The smallest length that at least `percent` percent do not exceed, to within 1/128 of itself.
    pub fn percentile(&self, percent: u64) -> u64 {
        let wanted = (u128::from(self.n) * u128::from(percent)).div_ceil(100).max(1);
        let mut n_below = 0;
        for (bucket, &n) in self.buckets.iter().enumerate() {
            n_below += u128::from(n);
            if n_below >= wanted {
                return middle(bucket).clamp(self.min, self.max);
            }
        }
        self.max
    }

    /// The standard deviation, to within one percent: from the middles of the buckets.
    #[expect(clippy::cast_precision_loss, reason = "a deviation to two digits")]
    pub fn deviation(&self) -> f64 {
        let mean = self.mean();
        let squares: f64 = self
            .buckets
            .iter()
            .enumerate()
            .map(|(bucket, &n)| n as f64 * (middle(bucket) as f64 - mean).powi(2))
            .sum();
        if self.n > 1 { (squares / (self.n - 1) as f64).sqrt() } else { 0.0 }
    }

    /// Count, mean, deviation and percentiles, for the manifest.
    pub fn record(&self) -> Value {
        let percentiles: serde_json::Map<String, Value> = [5, 25, 50, 75, 95, 99]
            .into_iter()
            .map(|percent| (format!("p{percent:02}"), self.percentile(percent).into()))
            .collect();
        json!({
            "n": self.n, "mean": self.mean(), "sd": self.deviation(), "min": self.min, "max": self.max,
            "percentiles": percentiles,
        })
    }
}

fn bucket(length: u64) -> usize {
    let bucket = if length < EXACT_BELOW {
        length
    } else {
        let octave = u64::from(length.ilog2() - EXACT_BELOW.ilog2());
        let within = (length >> (octave + 1)) & (BUCKETS_PER_OCTAVE - 1);
        EXACT_BELOW + octave * BUCKETS_PER_OCTAVE + within
    };
    usize::try_from(bucket).unwrap_or(N_BUCKETS - 1)
}

/// The buckets of all lengths.
#[expect(clippy::cast_possible_truncation, reason = "a few thousand")]
const N_BUCKETS: usize =
    (EXACT_BELOW + (u64::BITS - EXACT_BELOW.ilog2()) as u64 * BUCKETS_PER_OCTAVE) as usize;

/// The middle of a bucket.
fn middle(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < EXACT_BELOW {
        return bucket;
    }
    let octave = (bucket - EXACT_BELOW) / BUCKETS_PER_OCTAVE;
    let within = (bucket - EXACT_BELOW) % BUCKETS_PER_OCTAVE;
    let low = (BUCKETS_PER_OCTAVE + within) << (octave + 1);
    low + ((1 << (octave + 1)) - 1) / 2
}

/// Buckets as a map from those that have any lengths to how many: most have none.
mod sparse {
    use std::collections::BTreeMap;

    use serde::de::{Deserialize as _, Deserializer, Error as _};
    use serde::ser::Serializer;

    use super::N_BUCKETS;

    pub(super) fn serialize<S: Serializer>(
        buckets: &[u64],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(buckets.iter().enumerate().filter(|(_, n)| **n > 0))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u64>, D::Error> {
        let sparse = BTreeMap::<usize, u64>::deserialize(deserializer)?;
        let n_buckets = sparse.last_key_value().map_or(0, |(&last, _)| last.saturating_add(1));
        if n_buckets > N_BUCKETS {
            return Err(D::Error::custom("no length is in such a bucket"));
        }
        let mut buckets = vec![0; n_buckets];
        for (bucket, n) in sparse {
            buckets[bucket] = n;
        }
        Ok(buckets)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_middle_of_a_bucket_is_within_a_128th_of_every_length_in_it(length in any::<u64>()) {
            let middle = middle(bucket(length));
            prop_assert!(middle.abs_diff(length) <= length / 128, "{middle}");
            prop_assert!(bucket(length) <= bucket(u64::MAX) && bucket(u64::MAX) == N_BUCKETS - 1);
        }

        #[test]
        fn percentiles_match_sorting(mut lengths in prop::collection::vec(0..100_000_u64, 1..300)) {
            let mut counted = Lengths::default();
            let mut other = Lengths::default();
            for (index, length) in lengths.iter().enumerate() {
                if index % 3 == 0 { other.add(*length) } else { counted.add(*length) }
            }
            counted.join(&other);
            lengths.sort_unstable();
            for percent in [5, 50, 99, 100] {
                let rank = (lengths.len() * percent).div_ceil(100) - 1;
                let found = counted.percentile(percent as u64);
                prop_assert!(found.abs_diff(lengths[rank]) <= lengths[rank] / 64);
            }
            let mean = lengths.iter().sum::<u64>() as f64 / lengths.len() as f64;
            prop_assert!((counted.mean() - mean).abs() < 1e-9 * mean.max(1.0));
            let n = lengths.len() as f64;
            let squares: f64 = lengths.iter().map(|&length| (length as f64 - mean).powi(2)).sum();
            let deviation = (squares / (n - 1.0).max(1.0)).sqrt();
            // Each length is known to a 128th of itself, so the deviation to a 128th of the root mean square.
            let slack = (mean * mean + deviation * deviation).sqrt() / 64.0;
            prop_assert!((counted.deviation() - deviation).abs() <= slack);
            let bytes = serde_json::to_vec(&counted).unwrap();
            prop_assert_eq!(&serde_json::from_slice::<Lengths>(&bytes).unwrap(), &counted);
            prop_assert_eq!((counted.min, counted.max), (lengths[0], lengths[lengths.len() - 1]));
        }
    }
}
