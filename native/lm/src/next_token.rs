//! What a model expects to come next.

use super::engine::{Engine, Row, TokenId};

/// How sequences are computed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    /// Sequences at a time.
    pub n: usize,
    /// Tokens of the longest.
    pub capacity: usize,
}

impl Slots {
    /// As many sequences of up to `longest` tokens as are `batch_tokens` together, one at least.
    pub fn of(batch_tokens: usize, longest: usize) -> Self {
        let capacity = longest.max(1);
        Self { n: (batch_tokens / capacity).max(1), capacity }
    }
}

/// Calls `each` with the place of every sequence and the logits of what comes after it, `[n_vocab]`, in order.
///
/// Memory does not depend on how many sequences there are; `slots` say how many are computed at a time.
///
/// # Errors
/// If the device fails, or `each` does.
pub fn after<Tokens: AsRef<[TokenId]>>(
    engine: &mut dyn Engine,
    sequences: &[Tokens],
    slots: Slots,
    mut each: impl FnMut(usize, &[f32]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    engine.reserve(slots.n.min(sequences.len()).max(1), slots.capacity)?;
    for (batch_number, batch) in sequences.chunks(slots.n).enumerate() {
        let rows: Vec<Row<'_>> = batch
            .iter()
            .enumerate()
            .map(|(slot, tokens)| Row { slot, tokens: tokens.as_ref() })
            .collect();
        for slot in 0..rows.len() {
            engine.clear(slot);
        }
        let logits = engine.step(&rows)?;
        for (place, row) in logits.rows().enumerate() {
            each(batch_number * slots.n + place, row)?;
        }
    }
    Ok(())
}

/// The probabilities that logits stand for.
pub fn probabilities(logits: &[f32]) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut shares: Vec<f64> =
        logits.iter().map(|&logit| f64::from(logit - largest).exp()).collect();
    let total: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= total);
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::{CpuEngine, Precision};
    use crate::fixture;

    #[test]
    fn batches_change_nothing_and_every_sequence_is_answered_in_order() {
        let fixture = fixture::all().into_iter().find(|fixture| fixture.name == "llama").unwrap();
        let (checkpoint, blueprint) = fixture.open();
        let mut engine = CpuEngine::load(&checkpoint, blueprint, Precision::F32).unwrap();
        let sequences: Vec<Vec<TokenId>> =
            (1..20).map(|n| (0..n).map(|i| 5 + (7 * i + n) % 90).collect()).collect();
        let mut all = |batch_tokens| {
            let mut found = Vec::new();
            let slots = Slots::of(batch_tokens, 20);
            after(&mut engine, &sequences, slots, |place, logits| {
                assert_eq!(place, found.len());
                found.push(logits.to_vec());
                Ok(())
            })
            .unwrap();
            found
        };
        let one_by_one = all(1);
        assert_eq!(one_by_one.len(), 19);
        assert_eq!(all(100), one_by_one);
        assert_eq!(all(1 << 20), one_by_one);
        let shares = probabilities(&one_by_one[0]);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
