//! Turning a model's logits into a token, the same one on every machine and in any batch.
//!
//! The distribution is that of `transformers`: logits over the temperature, then the `top_k` largest
//! (with all that equal the smallest of them), then, renormalised, the smallest set of best tokens
//! whose mass reaches `top_p`, with the token that crosses it. Of equal logits the lower index comes
//! first. The token is where the distribution function, in the order of the vocabulary, first exceeds
//! a uniform number.
//!
//! Every weight is right to 1e-7 relatively, plus 2e-7 for each unit of log-probability below the best
//! token; tokens less probable than the best by a factor of e^87 are never drawn.

mod exponential;
mod nucleus;

use data_anatomy_core::rng::RandomStream;
use exponential::{BLOCK, exp_block};

/// The number of a token in its vocabulary.
pub type TokenId = u32;

/// Uniform numbers of texts are drawn from a seed of their own, so that they are independent of
/// what else is drawn with the user's seed. The bits are those of "generate" in ASCII.
const SEED_OF_TEXTS: u64 = 0x6765_6e65_7261_7465;

/// How tokens are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    temperature: f32,
    top_k: usize,
    top_p: f64,
}

/// Why there is no such way to draw, or no token to be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SamplingError {
    /// A temperature below 0, or none at all.
    #[error(
        "expected a temperature of at least 0 (0 takes the most probable token), found {found}"
    )]
    Temperature {
        /// What was found.
        found: f64,
    },
    /// A share of probability that is not one.
    #[error("expected a top-p above 0 and at most 1 (1 keeps every token), found {found}")]
    TopP {
        /// What was found.
        found: f64,
    },
    /// The model computed something that is no number.
    #[error("the model gave {found} as the logit of token {token}; expected finite numbers")]
    NotFinite {
        /// The token.
        token: usize,
        /// What was found.
        found: f32,
    },
    /// There is no token at all.
    #[error("the model gave no logits")]
    NoLogits,
}

/// Memory that drawing uses again from token to token.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    block_sums: Vec<f64>,
    candidates: Vec<u64>,
}

impl Default for Sampling {
    /// The model itself: temperature 1, nothing cut off.
    fn default() -> Self {
        Self { temperature: 1.0, top_k: 0, top_p: 1.0 }
    }
}

impl Sampling {
    /// Drawing at this temperature (0 is greedy) from the `top_k` best tokens (0 means all) and the
    /// share `top_p` of what they have (1 means all).
    ///
    /// # Errors
    /// If the temperature is negative or not finite, or `top_p` is not in (0, 1].
    pub fn new(temperature: f64, top_k: usize, top_p: f64) -> Result<Self, SamplingError> {
        #[expect(clippy::cast_possible_truncation, reason = "logits are no more exact than f32")]
        let narrow = temperature as f32;
        if !(temperature >= 0.0 && narrow.is_finite()) {
            return Err(SamplingError::Temperature { found: temperature });
        }
        if !(top_p > 0.0 && top_p <= 1.0) {
            return Err(SamplingError::TopP { found: top_p });
        }
        Ok(Self { temperature: narrow, top_k, top_p })
    }

    /// Whether the most probable token is always taken.
    pub fn is_greedy(&self) -> bool {
        self.temperature == 0.0
    }
}

/// The uniform number in [0, 1) that decides token number `step` of text number `text`: it depends
/// on these and the seed alone.
pub fn uniform(seed: u64, text: u64, step: u64) -> f64 {
    let mut stream = RandomStream::new(seed ^ SEED_OF_TEXTS, text);
    stream.skip(step);
    stream.unit()
}

/// The token that `uniform`, a number in [0, 1), draws from these logits; for temperature 0 the
/// one with the largest logit, the first of equals.
///
/// Linear in the vocabulary, with one exponential per token where nothing is cut off; `scratch` only
/// saves allocations.
///
/// # Errors
/// If a logit is not finite, or there is none.
pub fn draw(
    logits: &[f32],
    sampling: &Sampling,
    uniform: f64,
    scratch: &mut Scratch,
) -> Result<TokenId, SamplingError> {
    let largest = largest(logits)?;
    let token = if sampling.is_greedy() {
        logits.iter().position(|&logit| logit == largest).unwrap_or(0)
    } else {
        let weigh = Weigh { largest, inverse_temperature: inverse(sampling.temperature) };
        if (sampling.top_k == 0 || sampling.top_k >= logits.len()) && sampling.top_p >= 1.0 {
            draw_from_all(logits, weigh, uniform, &mut scratch.block_sums)
        } else {
            nucleus::keep(logits, sampling, weigh, scratch);
            nucleus::draw(logits, weigh, uniform, &scratch.candidates)
        }
    };
    #[expect(clippy::cast_possible_truncation, reason = "a vocabulary has fewer than 2^32 tokens")]
    Ok(token as TokenId)
}

/// What turns logits into weights: the best token weighs 1.
#[derive(Debug, Clone, Copy)]
struct Weigh {
    largest: f32,
    inverse_temperature: f32,
}

impl Weigh {
    fn one(self, logit: f32) -> f32 {
        exponential::exp((logit - self.largest) * self.inverse_temperature)
    }

    /// The weights of up to [`BLOCK`] logits; those past their end are 0.
    fn block(self, logits: &[f32]) -> [f32; BLOCK] {
        let mut block = [f32::NEG_INFINITY; BLOCK];
        for (slot, &logit) in block.iter_mut().zip(logits) {
            *slot = (logit - self.largest) * self.inverse_temperature;
        }
        exp_block(&mut block);
        block
    }
}

/// 1 over the temperature, kept finite: 0 times it must stay 0.
fn inverse(temperature: f32) -> f32 {
    (1.0 / temperature).min(f32::MAX)
}

/// The largest logit.
fn largest(logits: &[f32]) -> Result<f32, SamplingError> {
    // An exponent of all ones is what NaN and the infinities share, and testing bits in lanes
    // costs next to nothing.
    const EXPONENT: u32 = 0x7f80_0000;
    let mut all_finite = true;
    let mut lanes = [f32::NEG_INFINITY; 16];
    let (chunks, rest) = logits.as_chunks::<16>();
    for chunk in chunks {
        let mut finite = true;
        for (lane, &logit) in lanes.iter_mut().zip(chunk) {
            *lane = if logit > *lane { logit } else { *lane };
            finite &= logit.to_bits() & EXPONENT != EXPONENT;
        }
        all_finite &= finite;
    }
    all_finite &= rest.iter().all(|logit| logit.is_finite());
    if !all_finite && let Some(token) = logits.iter().position(|logit| !logit.is_finite()) {
        return Err(SamplingError::NotFinite { token, found: logits[token] });
    }
    lanes
        .iter()
        .chain(rest)
        .copied()
        .reduce(f32::max)
        .filter(|best| best.is_finite())
        .ok_or(SamplingError::NoLogits)
}

/// The token where the distribution function of all tokens exceeds `uniform`: sums of blocks find
/// the block, whose weights are then computed again.
fn draw_from_all(logits: &[f32], weigh: Weigh, uniform: f64, block_sums: &mut Vec<f64>) -> usize {
    block_sums.clear();
    block_sums.extend(logits.chunks(BLOCK).map(|block| sum_block(&weigh.block(block))));
    let mut rest = uniform * block_sums.iter().sum::<f64>();
    // Rounding can leave a rest at the very end, which then goes to the last token that has weight.
    let mut last_possible = 0;
    for (number, &sum) in block_sums.iter().enumerate() {
        if sum > 0.0 {
            last_possible = number;
            if rest < sum {
                break;
            }
            rest -= sum;
        }
    }
    let start = last_possible * BLOCK;
    let end = logits.len().min(start + BLOCK);
    start + first_beyond(rest, weigh.block(&logits[start..end]).into_iter().enumerate())
}

/// The sum of the weights, in an order that does not change.
fn sum_block(weights: &[f32; BLOCK]) -> f64 {
    let mut lanes = [0.0_f64; 8];
    let (chunks, _) = weights.as_chunks::<8>();
    for chunk in chunks {
        for (lane, &weight) in lanes.iter_mut().zip(chunk) {
            *lane += f64::from(weight);
        }
    }
    lanes.iter().sum()
}

/// The first position where the running sum of the weights exceeds `rest`, else the last of
/// positive weight.
fn first_beyond(mut rest: f64, weights: impl Iterator<Item = (usize, f32)>) -> usize {
    let mut last_possible = 0;
    for (position, weight) in weights {
        let weight = f64::from(weight);
        if weight > 0.0 {
            last_possible = position;
            if rest < weight {
                break;
            }
            rest -= weight;
        }
    }
    last_possible
}

#[cfg(test)]
#[path = "sampling_tests.rs"]
mod tests;
