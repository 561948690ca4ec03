//! Documents that are nearly the same as one that is there already.

use rustc_hash::FxHashMap;

use super::digest::Sketch;

/// Lowest hashes by which sketches are looked up. Of two documents of similarity 0.8 about 13 of the 16
/// lowest are the same; that fewer than the three that are asked for are happens less than once in 10⁹.
const N_KEYS: usize = 16;

/// An index of sketches by their lowest hashes: MinHash by one permutation (Broder 1997), so that each
/// kept hash serves as a band.
#[derive(Debug)]
pub struct Neighbours {
    threshold: f64,
    sketches: Vec<(Sketch, u32)>,
    by_key: FxHashMap<u32, Vec<u32>>,
}

impl Neighbours {
    /// An index in which documents of a similarity of at least `threshold` (above 0) are neighbours.
    pub fn new(threshold: f64) -> Self {
        Self { threshold, sketches: Vec::new(), by_key: FxHashMap::default() }
    }

    /// Adds a sketch under a label; one without grams has no neighbours.
    pub fn add(&mut self, sketch: &Sketch, label: u32) {
        let Ok(place) = u32::try_from(self.sketches.len()) else { return };
        for &key in sketch.lowest(N_KEYS) {
            self.by_key.entry(key).or_default().push(place);
        }
        self.sketches.push((sketch.clone(), label));
    }

    /// The label of a neighbour, if there is any.
    pub fn find(&self, sketch: &Sketch) -> Option<u32> {
        let candidates = self.candidates(sketch);
        candidates
            .into_iter()
            .find(|&place| self.is_near(place, sketch))
            .map(|place| self.label(place))
    }

    /// The labels of all neighbours.
    pub fn find_all(&self, sketch: &Sketch) -> Vec<u32> {
        let mut places = self.candidates(sketch);
        places.retain(|&place| self.is_near(place, sketch));
        places.into_iter().map(|place| self.label(place)).collect()
    }

    /// The places of sketches that share enough keys to be looked at.
    fn candidates(&self, sketch: &Sketch) -> Vec<u32> {
        let keys = sketch.lowest(N_KEYS);
        let mut shared: Vec<u32> =
            keys.iter().filter_map(|key| self.by_key.get(key)).flatten().copied().collect();
        shared.sort_unstable();
        let candidates = shared.chunk_by(|a, b| a == b);
        let n_needed = self.n_needed(keys.len());
        candidates.filter(|places| places.len() >= n_needed).map(|places| places[0]).collect()
    }

    fn is_near(&self, place: u32, sketch: &Sketch) -> bool {
        self.sketches[place as usize].0.similarity(sketch) >= self.threshold
    }

    fn label(&self, place: u32) -> u32 {
        self.sketches[place as usize].1
    }

    /// A quarter of the keys that neighbours are expected to share.
    #[expect(clippy::cast_precision_loss, reason = "at most 16")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 16")]
    fn n_needed(&self, n_keys: usize) -> usize {
        ((n_keys as f64 * self.threshold / 4.0) as usize).max(1)
    }
}

#[cfg(test)]
#[path = "neighbours_tests.rs"]
mod tests;
