//! The one random number generator: PCG64 (XSL RR 128/64), portable, with a stream per replicate.
//!
//! Replicate `i` of a computation seeded with `s` always draws from the stream `(s, i)`, so that
//! threads, restarts and the browser agree, whatever the order of the replicates.

use crate::numeric::math;
use rand_core::Rng as _;
use rand_pcg::Pcg64;

/// A stream of random numbers that depends on a seed and an index alone.
#[derive(Debug, Clone)]
pub struct RandomStream {
    generator: Pcg64,
}

/// One step of SplitMix64 (Steele, Lea & Flood 2014): spreads neighbouring integers over all bits.
pub fn scramble(value: u64) -> u64 {
    mixed(value.wrapping_add(0x9e37_79b9_7f4a_7c15))
}

/// The finishing step of SplitMix64: all bits of the result depend on all bits of `value`; 0 stays 0.
#[inline]
pub fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

impl RandomStream {
    /// The stream number `index` of `seed`.
    ///
    /// PCG streams of one state that differ in the increment alone can be correlated (the crate's
    /// own warning), so seed and index both enter the state, and both are scrambled first.
    pub fn new(seed: u64, index: u64) -> Self {
        let seed_high = scramble(seed);
        let seed_low = scramble(seed_high ^ scramble(index));
        let stream_high = scramble(index ^ 0x5bf0_3635_d1ac_c5b7);
        let stream_low = scramble(stream_high ^ seed_high);
        let join = |high: u64, low: u64| (u128::from(high) << 64) | u128::from(low);
        Self { generator: Pcg64::new(join(seed_high, seed_low), join(stream_high, stream_low)) }
    }

    /// Passes over the next `n_draws` values of [`RandomStream::bits`], as if they had been drawn, in
    /// the time of a few draws however many they are.
    pub fn skip(&mut self, n_draws: u64) {
        self.generator.advance(u128::from(n_draws));
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A number in [0, 1), a multiple of 2^-53.
    pub fn unit(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
        let numerator = (self.bits() >> 11) as f64;
        numerator * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A number in 0..`bound`, all equally likely (Lemire 2019, arXiv 1805.10941, with rejection).
    ///
    /// # Panics
    /// If `bound` is 0.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the halves of a 128-bit product; below bound"
    )]
    pub fn index(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "an index needs at least one choice");
        let bound = bound as u64;
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.bits()) * u128::from(bound);
            if product as u64 >= threshold {
                return (product >> 64) as usize;
            }
        }
    }

    /// A standard normal variable (Marsaglia's polar method; the second of each pair is dropped, so
    /// that the stream has no hidden state).
    pub fn normal(&mut self) -> f64 {
        loop {
            let x = 2.0 * self.unit() - 1.0;
            let y = 2.0 * self.unit() - 1.0;
            let radius2 = x * x + y * y;
            if radius2 > 0.0 && radius2 < 1.0 {
                return x * (-2.0 * math::ln(radius2) / radius2).sqrt();
            }
        }
    }

    /// A category drawn with these probabilities, which sum to 1; rounding goes to the last
    /// category of positive probability.
    pub fn categorical(&mut self, probabilities: &[f64]) -> usize {
        let mut rest = self.unit();
        let mut last_possible = 0;
        for (category, &probability) in probabilities.iter().enumerate() {
            if probability > 0.0 {
                last_possible = category;
                if rest < probability {
                    return category;
                }
                rest -= probability;
            }
        }
        last_possible
    }

    /// How many of `n_draws` fall on each category.
    pub fn multinomial(&mut self, n_draws: usize, probabilities: &[f64]) -> Vec<usize> {
        let mut counts = vec![0; probabilities.len()];
        for _ in 0..n_draws {
            counts[self.categorical(probabilities)] += 1;
        }
        counts
    }

    /// A Gamma variable of this shape (> 0) and scale 1 (Marsaglia & Tsang 2000; below shape 1 by
    /// their boost with a uniform power).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = math::pow(1.0 - self.unit(), 1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = 1.0 + c * x;
            if v > 0.0 {
                let cube = v * v * v;
                let uniform = 1.0 - self.unit();
                if math::ln(uniform) < 0.5 * x * x + d - d * cube + d * math::ln(cube) {
                    return d * cube;
                }
            }
        }
    }

    /// A Dirichlet variable: positive shares that sum to 1. `concentrations` are positive.
    pub fn dirichlet(&mut self, concentrations: &[f64]) -> Vec<f64> {
        let gammas: Vec<f64> = concentrations.iter().map(|&shape| self.gamma(shape)).collect();
        let total: f64 = gammas.iter().sum();
        gammas.into_iter().map(|gamma| gamma / total).collect()
    }

    /// Shares as they might be if `shares` had been counted on so many documents: Dirichlet about them.
    pub fn counted_shares(&mut self, shares: &[f64], n_documents: f64) -> Vec<f64> {
        // So much of a document is added to each: one that seems absent need not be.
        const LEAST_DOCUMENTS: f64 = 0.25;
        let concentrations: Vec<f64> =
            shares.iter().map(|share| n_documents * share + LEAST_DOCUMENTS).collect();
        self.dirichlet(&concentrations)
    }

    /// The items in a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}

#[cfg(test)]
#[path = "rng_tests.rs"]
mod tests;
