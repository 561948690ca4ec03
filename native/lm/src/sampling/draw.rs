//! The token that logits and a random number come to.

use super::error::SamplingError;
use super::exponential::exp;
use super::scratch::Scratch;
use super::settings::Sampling;
use super::sums::{BLOCK, sum};
use super::truncation::truncate;

/// The number of a token in its vocabulary.
pub type TokenId = u32;

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
        truncate(logits, sampling, scratch);
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
#[path = "draw_tests.rs"]
mod tests;
