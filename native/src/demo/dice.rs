//! Portable dice: the same rolls for the same seed, on every machine.

use data_anatomy_core::numeric::rng::scramble;
use rand_core::Rng;
use rand_pcg::Pcg32;

/// A PCG32 generator with the few draws that the text generator needs.
pub(super) struct Dice {
    generator: Pcg32,
}

impl Dice {
    /// Dice for one numbered thing of one kind: independent of all other numbers and kinds.
    pub(super) fn new(seed: u64, kind: u64, index: u64) -> Self {
        let state = scramble(scramble(seed).wrapping_add(kind));
        Self { generator: Pcg32::new(scramble(state ^ index), scramble(state.wrapping_add(index))) }
    }

    /// A number in `0..bound`. Multiply and shift: the bias is below `bound / 2^32`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        usize::try_from((u64::from(self.generator.next_u32()) * bound) >> 32)
            .expect("a number below a usize is a usize")
    }

    /// A number in `low..=high`.
    pub(super) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True in `percent` of a hundred rolls.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A number in `[0, 1)`, a multiple of 2^-32.
    pub(super) fn unit(&mut self) -> f64 {
        f64::from(self.generator.next_u32()) / 4_294_967_296.0
    }

    /// One of `items`.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }

    /// Puts `items` in random order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
