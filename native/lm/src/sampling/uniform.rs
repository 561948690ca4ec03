//! The random numbers of texts.

use data_anatomy_core::numeric::rng::RandomStream;

/// Uniform numbers of texts are drawn from a seed of their own, so that they are independent of
/// what else is drawn with the user's seed. The bits are those of "generate" in ASCII.
const SEED_OF_TEXTS: u64 = 0x6765_6e65_7261_7465;

/// The uniform number in [0, 1) that decides token number `step` of text number `text`: it depends
/// on these and the seed alone.
pub fn uniform(seed: u64, text: u64, step: u64) -> f64 {
    let mut stream = RandomStream::new(seed ^ SEED_OF_TEXTS, text);
    stream.skip(step);
    stream.unit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniform_is_a_stream_per_text() {
        let mut stream = RandomStream::new(42 ^ SEED_OF_TEXTS, 5);
        for step in 0..20 {
            assert_eq!(uniform(42, 5, step), stream.unit());
        }
        assert_ne!(uniform(42, 5, 0), uniform(42, 6, 0));
        assert_ne!(uniform(42, 5, 0), uniform(43, 5, 0));
    }
}
