//! How much memory a run takes, told before any weight is read.

use std::fmt;

use super::blueprint::Blueprint;
use super::cpu::Precision;
use super::device::{Adapter, BackEnd};

/// Bytes that a run takes at most, to within some percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// The weights.
    pub parameters: u64,
    /// Keys and values of the sequences that are being continued.
    pub cache: u64,
    /// Intermediate results.
    pub workspace: u64,
}

/// What the model is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Scoring batches of at most so many tokens, padding included, of sequences of at most `longest`.
    Score {
        /// Tokens of a batch.
        batch_tokens: usize,
        /// Tokens of the longest sequence.
        longest: usize,
    },
    /// Continuing `n_slots` sequences at a time to at most `capacity` tokens each.
    Generate {
        /// Sequences at a time.
        n_slots: usize,
        /// Tokens of each, prompt included.
        capacity: usize,
    },
}

/// How one of the engines computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Costs {
    /// Bytes of a number in the cache.
    cached_number: u64,
    /// Tokens that are computed at a time at most.
    pass_tokens: usize,
    /// Logits that are kept at a time, and how often.
    logits: u64,
    /// Copies that are kept of scores of attention, of so many queries at a time.
    scores: u64,
    queries: usize,
}

impl Costs {
    fn of(back_end: BackEnd, precision: Precision) -> Self {
        match back_end {
            // Keys and values are 32-bit floats; logits and scores never leave the caches.
            BackEnd::Cpu => {
                Self { cached_number: 4, pass_tokens: usize::MAX, logits: 0, scores: 0, queries: 0 }
            }
            BackEnd::Cuda | BackEnd::Rocm | BackEnd::Wgpu => Self {
                cached_number: if precision == Precision::F32 { 4 } else { 2 },
                pass_tokens: 1 << 14,
                // Logits, distances, weights and their product.
                logits: 4 << 26,
                scores: 3,
                queries: 256,
            },
        }
    }
}

/// The memory that a run takes.
pub fn estimate(
    blueprint: &Blueprint,
    back_end: BackEnd,
    precision: Precision,
    work: Work,
) -> Estimate {
    let costs = Costs::of(back_end, precision);
    let (n_rows, longest, n_tokens, cached) = match work {
        Work::Score { batch_tokens, longest } => {
            let n_tokens = batch_tokens.min(costs.pass_tokens).max(longest);
            (n_tokens.div_ceil(longest.max(1)), longest, n_tokens, 0)
        }
        // Prompts may be as long as there is room, and come in all at once.
        Work::Generate { n_slots, capacity } => {
            let cached = n_slots as u64 * capacity as u64;
            let n_tokens = n_slots.saturating_mul(capacity).min(costs.pass_tokens).max(capacity);
            (n_slots, capacity, n_tokens, cached)
        }
    };
    let n_logits = (n_rows as u64).saturating_mul((longest * blueprint.n_vocab) as u64);
    let queries = costs.queries.min(longest) * blueprint.n_heads;
    let scores = costs.scores * (n_rows.min(n_tokens) as u64) * (queries * longest) as u64;
    Estimate {
        parameters: precision.bytes(blueprint.n_parameters()),
        cache: cached * blueprint.cache_bytes_per_token() / 4 * costs.cached_number,
        workspace: 4
            * (n_tokens as u64 * numbers_per_token(blueprint) + costs.logits.min(4 * n_logits))
            + 4 * scores,
    }
}

/// Intermediate numbers that are kept for each token of a pass: the residual stream, its norm and what is
/// added to it; queries, keys and values; what was attended to; the MLP's inner values before and after the
/// activation.
fn numbers_per_token(blueprint: &Blueprint) -> u64 {
    let (query_width, kv_width) = (blueprint.query_width(), blueprint.kv_width());
    let inner = blueprint.mlp.intermediate;
    let inner = if blueprint.mlp.gated { 3 * inner } else { 2 * inner };
    (3 * blueprint.hidden + 2 * query_width + 2 * kv_width + inner) as u64
}

impl Estimate {
    /// All of it.
    pub fn total(&self) -> u64 {
        self.parameters.saturating_add(self.cache).saturating_add(self.workspace)
    }

    /// The estimate beside the memory of the devices, in one line, with what to do where it does not fit.
    pub fn beside(&self, adapters: &[Adapter]) -> String {
        let names: Vec<String> = adapters.iter().map(Adapter::device).collect();
        let names = names.join(", ");
        let free = adapters.iter().map(|adapter| adapter.memory.map(|memory| memory.free_bytes));
        match free.sum::<Option<u64>>() {
            None => format!("memory: {self}; how much {names} has is not known"),
            Some(free) if self.total() <= free => {
                format!("memory: {self} of {} free on {names}", gigabytes(free))
            }
            Some(free) => format!(
                "memory: {self}, but {} are free on {names}: it does not fit; try --half, --int8, a smaller --batch-size, or several devices",
                gigabytes(free)
            ),
        }
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "about {} ({} parameters, {} keys and values, {} workspace)",
            gigabytes(self.total()),
            gigabytes(self.parameters),
            gigabytes(self.cache),
            gigabytes(self.workspace)
        )
    }
}

/// Bytes as people read them.
pub fn gigabytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let bytes = bytes as f64;
    if bytes < 1e9 { format!("{:.0} MB", bytes / 1e6) } else { format!("{:.1} GB", bytes / 1e9) }
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
