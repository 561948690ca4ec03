//! Turning a model's logits into a token, the same one on every machine and in any batch.
//!
//! The distribution is that of `transformers`: logits over the temperature, then the `top_k` largest
//! (with all that equal the smallest of them), then, renormalised, the smallest set of best tokens
//! whose mass reaches `top_p`, with the token that crosses it. Of equal logits the lower index comes
//! first. The token is where the distribution function, in the order of the vocabulary, first exceeds
//! a uniform number.
//!
//! What is cut off is found without sorting the vocabulary; all passes but small ones are over numbers in
//! a row.
//!
//! Every weight is right to 1e-7 relatively, plus 2e-7 for each unit of log-probability below the best
//! token; tokens less probable than the best by a factor of e^87 are never drawn.

mod exponential;
mod truncation;

use data_anatomy_core::numeric::rng::RandomStream;

use exponential::exp;

/// Weights are summed this many at a time.
const BLOCK: usize = 128;

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
    /// The weight of each token; the best weighs 1.
    weights: Vec<f32>,
    block_sums: Vec<f64>,
    candidates: Vec<u64>,
    maxima: Vec<f32>,
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
/// Linear in the vocabulary, with one exponential per token; `scratch` only saves allocations.
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
        weigh(logits, largest, sampling.temperature, &mut scratch.weights);
        truncation::truncate(logits, sampling, scratch);
        pick(&scratch.weights, uniform, &mut scratch.block_sums)
    };
    #[expect(clippy::cast_possible_truncation, reason = "a vocabulary has fewer than 2^32 tokens")]
    Ok(token as TokenId)
}

/// Puts the weight of every token, relative to the best, into `weights`.
fn weigh(logits: &[f32], largest: f32, temperature: f32, weights: &mut Vec<f32>) {
    let inverse = inverse(temperature);
    weights.clear();
    weights.extend(logits.iter().map(|&logit| exp((logit - largest) * inverse)));
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

/// The token where the distribution function exceeds `uniform`: sums of blocks find the block.
fn pick(weights: &[f32], uniform: f64, block_sums: &mut Vec<f64>) -> usize {
    block_sums.clear();
    block_sums.extend(weights.chunks(BLOCK).map(sum));
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
    let end = weights.len().min(start + BLOCK);
    start + first_beyond(rest, &weights[start..end])
}

/// The sum of the weights, in an order that does not change.
fn sum(weights: &[f32]) -> f64 {
    let mut lanes = [0.0_f64; 8];
    let (chunks, rest) = weights.as_chunks::<8>();
    for chunk in chunks {
        for (lane, &weight) in lanes.iter_mut().zip(chunk) {
            *lane += f64::from(weight);
        }
    }
    let rest: f64 = rest.iter().copied().map(f64::from).sum();
    lanes.iter().sum::<f64>() + rest
}

/// The first position where the running sum of the weights exceeds `rest`, else the last of
/// positive weight.
fn first_beyond(mut rest: f64, weights: &[f32]) -> usize {
    let mut last_possible = 0;
    for (position, &weight) in weights.iter().enumerate() {
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
