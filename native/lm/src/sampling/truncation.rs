//! Taking the weight of the tokens that `top_k` and `top_p` cut off.
//!
//! A candidate is one number: the logit, mapped to an integer of the same order, above the token's
//! index turned round. So integers compare as tokens do, better ones larger, the lower index larger
//! among equals.

use super::scratch::Scratch;
use super::settings::Sampling;
use super::sums::{BLOCK, sum};

/// Largest values are looked for among the largest of so many tokens each.
const GROUP: usize = 16;

/// So few candidates are sorted.
const FEW: usize = 64;

/// Sets the weights of tokens that are cut off to 0.
pub(super) fn truncate(logits: &[f32], sampling: &Sampling, scratch: &mut Scratch) {
    if sampling.top_k > 0 && sampling.top_k < logits.len() {
        let smallest = smallest_of_best(logits, sampling.top_k, scratch);
        for (weight, &logit) in scratch.weights.iter_mut().zip(logits) {
            *weight = if logit >= smallest { *weight } else { 0.0 };
        }
    }
    if sampling.top_p < 1.0 {
        let last = last_of_share(logits, sampling.top_p, scratch);
        let (last_logit, last_token) = (logits[last], last);
        for (token, (weight, &logit)) in scratch.weights.iter_mut().zip(logits).enumerate() {
            let is_kept = logit > last_logit || (logit == last_logit && token <= last_token);
            *weight = if is_kept { *weight } else { 0.0 };
        }
    }
}

/// The smallest of the `n_best` largest logits.
///
/// As many groups of tokens have a largest logit of at least the n-th largest of these; so have as many
/// tokens, and only they are candidates.
fn smallest_of_best(logits: &[f32], n_best: usize, scratch: &mut Scratch) -> f32 {
    let maxima = &mut scratch.maxima;
    maxima.clear();
    maxima.extend(logits.chunks(GROUP).map(|group| group.iter().copied().fold(group[0], max)));
    if n_best < maxima.len() {
        let (_, &mut bound, _) = maxima.select_nth_unstable_by(n_best - 1, |a, b| b.total_cmp(a));
        maxima.clear();
        maxima.extend(logits.iter().copied().filter(|&logit| logit >= bound));
    } else {
        maxima.clear();
        maxima.extend_from_slice(logits);
    }
    *maxima.select_nth_unstable_by(n_best - 1, |a, b| b.total_cmp(a)).1
}

fn max(left: f32, right: f32) -> f32 {
    if left > right { left } else { right }
}

/// The last token, from the best on, that is needed to reach the share `top_p` of all weight.
fn last_of_share(logits: &[f32], top_p: f64, scratch: &mut Scratch) -> usize {
    let Scratch { weights, candidates, .. } = scratch;
    let total: f64 = weights.chunks(BLOCK).map(sum).sum();
    // Tokens lighter than a V-th of what is cut off cannot even together reach into the share. Half
    // of that bound leaves room for the rounding of weights.
    #[expect(clippy::cast_possible_truncation, reason = "a bound need not be exact")]
    let bound = (0.5 * (1.0 - top_p) * total / logits.len() as f64) as f32;
    candidates.clear();
    for (number, block) in weights.chunks(BLOCK).enumerate() {
        // Most blocks have none: one look at all of them costs less than many branches.
        if block.iter().fold(false, |any, &weight| any | (weight > bound)) {
            let tokens = (number * BLOCK..).zip(block).filter(|(_, weight)| **weight > bound);
            candidates.extend(tokens.map(|(token, _)| pack(token, logits[token])));
        }
    }
    reach(candidates, weights, top_p * total)
}

/// The candidate, from the best on, with which their weight reaches `wanted`, else the last.
///
/// Halves what is left and goes on in the half where that happens: linear in all.
fn reach(candidates: &mut [u64], weights: &[f32], mut wanted: f64) -> usize {
    let mut rest = candidates;
    while rest.len() > FEW {
        let middle = rest.len() / 2;
        rest.select_nth_unstable_by(middle - 1, |a, b| b.cmp(a));
        let (better, worse) = rest.split_at_mut(middle);
        let weight = weight_of(better, weights);
        if weight >= wanted {
            rest = better;
        } else {
            wanted -= weight;
            rest = worse;
        }
    }
    rest.sort_unstable_by(|a, b| b.cmp(a));
    let last = rest.iter().position(|&candidate| {
        wanted -= f64::from(weights[token_of(candidate)]);
        wanted <= 0.0
    });
    rest.get(last.unwrap_or(rest.len().saturating_sub(1))).map_or(0, |&last| token_of(last))
}

fn weight_of(candidates: &[u64], weights: &[f32]) -> f64 {
    candidates.iter().map(|&candidate| f64::from(weights[token_of(candidate)])).sum()
}

fn pack(token: usize, logit: f32) -> u64 {
    // Adding 0 makes -0 the 0 it equals. A negative float's bits fall as it rises.
    let bits = (logit + 0.0).to_bits();
    let ordered = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
    #[expect(clippy::cast_possible_truncation, reason = "a vocabulary has fewer than 2^32 tokens")]
    let turned = !(token as u32);
    (u64::from(ordered) << 32) | u64::from(turned)
}

fn token_of(candidate: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
    let turned = candidate as u32;
    !turned as usize
}
