//! The tokens that `top_k` and `top_p` keep, found without sorting the vocabulary.
//!
//! A candidate is one number: the logit, mapped to an integer of the same order, above the token's
//! index turned round. So integers compare as tokens do, better ones larger, the lower index larger
//! among equals.

use super::{Sampling, Scratch, Weigh, first_beyond};

/// How many of the best candidates are sorted first; each further round sorts four times as many.
const FIRST_SORTED: usize = 128;

/// Puts the kept tokens into `scratch.candidates`, in the order of the vocabulary.
pub(super) fn keep(logits: &[f32], sampling: &Sampling, weigh: Weigh, scratch: &mut Scratch) {
    let candidates = &mut scratch.candidates;
    candidates.clear();
    if sampling.top_k > 0 && sampling.top_k < logits.len() {
        candidates.extend(logits.iter().enumerate().map(|(token, &logit)| pack(token, logit)));
        keep_best(candidates, logits, sampling.top_k);
        if sampling.top_p < 1.0 {
            let total: f64 = candidates.iter().map(|&one| mass(one, weigh)).sum();
            keep_mass(candidates, weigh, sampling.top_p * total);
        }
    } else {
        let total = keep_heavy(candidates, logits, sampling.top_p, weigh);
        keep_mass(candidates, weigh, sampling.top_p * total);
    }
    candidates.sort_unstable_by_key(|&one| token_of(one));
}

/// The kept token that `uniform` draws.
pub(super) fn draw(logits: &[f32], weigh: Weigh, uniform: f64, kept: &[u64]) -> usize {
    let weights = || kept.iter().map(|&one| weigh.one(logits[token_of(one)]));
    let total: f64 = weights().map(f64::from).sum();
    first_beyond(uniform * total, kept.iter().map(|&one| token_of(one)).zip(weights()))
}

/// Keeps the `n_best` best candidates, and those whose logit equals that of the last of them.
fn keep_best(candidates: &mut Vec<u64>, logits: &[f32], n_best: usize) {
    let (_, last, _) = candidates.select_nth_unstable_by(n_best - 1, |a, b| b.cmp(a));
    let smallest = logits[token_of(*last)];
    candidates.clear();
    let kept = logits.iter().enumerate().filter(|(_, logit)| **logit >= smallest);
    candidates.extend(kept.map(|(token, &logit)| pack(token, logit)));
}

/// Collects the tokens that can belong to the share `top_p`, and returns the mass of all tokens.
///
/// Tokens lighter than a V-th of what is cut off cannot even together reach into it. Half of that
/// bound leaves room for the rounding of weights.
fn keep_heavy(candidates: &mut Vec<u64>, logits: &[f32], top_p: f64, weigh: Weigh) -> f64 {
    let total: f64 =
        logits.chunks(super::BLOCK).map(|block| super::sum_block(&weigh.block(block))).sum();
    let bound = 0.5 * (1.0 - top_p) * total / logits.len() as f64;
    for (number, block) in logits.chunks(super::BLOCK).enumerate() {
        let start = number * super::BLOCK;
        for (offset, (&logit, weight)) in block.iter().zip(weigh.block(block)).enumerate() {
            if f64::from(weight) >= bound {
                candidates.push(pack(start + offset, logit));
            }
        }
    }
    total
}

/// Keeps the best candidates until their mass reaches `wanted`, with the one that crosses it.
fn keep_mass(candidates: &mut Vec<u64>, weigh: Weigh, wanted: f64) {
    let mut before = 0.0;
    let mut n_sorted = 0;
    let mut step = FIRST_SORTED;
    while n_sorted < candidates.len() {
        let rest = &mut candidates[n_sorted..];
        let n_best = step.min(rest.len());
        if n_best < rest.len() {
            rest.select_nth_unstable_by(n_best - 1, |a, b| b.cmp(a));
        }
        rest[..n_best].sort_unstable_by(|a, b| b.cmp(a));
        for offset in 0..n_best {
            // The best is kept whatever it weighs.
            if before >= wanted && n_sorted + offset > 0 {
                candidates.truncate(n_sorted + offset);
                return;
            }
            before += mass(candidates[n_sorted + offset], weigh);
        }
        n_sorted += n_best;
        step *= 4;
    }
}

fn pack(token: usize, logit: f32) -> u64 {
    // Adding 0 makes -0 the 0 it equals. A negative float's bits fall as it rises.
    let bits = (logit + 0.0).to_bits();
    let ordered = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
    #[expect(clippy::cast_possible_truncation, reason = "a vocabulary has fewer than 2^32 tokens")]
    let turned = !(token as u32);
    u64::from(ordered) << 32 | u64::from(turned)
}

/// The token of a candidate.
pub(super) fn token_of(candidate: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
    let turned = candidate as u32;
    !turned as usize
}

fn mass(candidate: u64, weigh: Weigh) -> f64 {
    #[expect(clippy::cast_possible_truncation, reason = "a shifted half fits")]
    let ordered = (candidate >> 32) as u32;
    let bits = if ordered >> 31 == 1 { ordered & !(1 << 31) } else { !ordered };
    f64::from(weigh.one(f32::from_bits(bits)))
}
