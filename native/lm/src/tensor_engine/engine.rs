//! The engine: what is asked of it in batches, passed through the model on its devices.

use anyhow::ensure;
use data_anatomy_job::failure::guarded;

use super::batch::{self, Batch, Sequence};
use super::burn_device::Device;
use super::slot::Slot;
use super::vocabulary;
use super::weights::Model;
use crate::blueprint::Blueprint;
use crate::checkpoint::Checkpoint;
use crate::cpu::Precision;
use crate::engine::{Engine, Logits, Row, TokenId, TokenStatistics};

/// Tokens, padding included, that one pass through the model takes at most: what bounds its workspace. A
/// single sequence may be longer.
const MAX_TOKENS: usize = 1 << 14;

/// A model on one device or several.
#[derive(Debug)]
pub struct TensorEngine {
    blueprint: Blueprint,
    model: Model,
    slots: Vec<Slot>,
}

impl TensorEngine {
    /// The model of this checkpoint, its matrices in `precision`, its layers shared out over `devices` in
    /// their order.
    ///
    /// # Errors
    /// If a weight is missing, has another shape, or is not one of the architecture; if there are more
    /// devices than layers; if a device fails, or has no 16-bit floats where they are asked for.
    pub fn load(
        checkpoint: &Checkpoint,
        blueprint: Blueprint,
        precision: Precision,
        devices: &[Device],
    ) -> anyhow::Result<Self> {
        guarded(FAILED, || {
            let model = Model::read(checkpoint, &blueprint, precision, devices)?;
            Ok(Self { blueprint, model, slots: Vec::new() })
        })
    }

    /// Logits after the last token of each row, `[n_rows, n_vocab]`, in the batch's order.
    fn last_logits(&mut self, batch: &Batch<'_>) -> anyhow::Result<Vec<f32>> {
        let x = self.model.forward(&self.blueprint, batch, true);
        let normed = self.model.final_norm(x, batch.last_tokens());
        let values = vocabulary::logits(&self.model.head, normed)?;
        ensure!(values.iter().all(|logit| logit.is_finite()), "{NOT_FINITE}");
        Ok(values)
    }

    /// Log-probability, mean and variance of each token that has one before it.
    fn score_batch(&mut self, batch: &Batch<'_>) -> anyhow::Result<Vec<[f32; 3]>> {
        let targets = batch.targets();
        if targets.is_empty() {
            return Ok(Vec::new());
        }
        let x = self.model.forward(&self.blueprint, batch, false);
        let normed = self.model.final_norm(x, batch.predicting_tokens());
        let n_vocab = self.blueprint.n_vocab;
        let moments = vocabulary::moments(&self.model.head, &normed, n_vocab, &targets)?;
        ensure!(moments.as_flattened().iter().all(|value| value.is_finite()), "{NOT_FINITE}");
        Ok(moments)
    }
}

impl Engine for TensorEngine {
    fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    fn score(&mut self, sequences: &[&[TokenId]]) -> anyhow::Result<Vec<TokenStatistics>> {
        guarded(FAILED, || {
            let mut statistics = vec![TokenStatistics::default(); sequences.len()];
            let lengths: Vec<usize> = sequences.iter().map(|tokens| tokens.len()).collect();
            for group in batch::groups(&lengths, MAX_TOKENS) {
                let sequence =
                    |&index: &usize| Sequence { tokens: sequences[index], first: 0, slot: 0 };
                let batch = Batch::new(group.iter().map(sequence).collect());
                let mut moments = self.score_batch(&batch)?.into_iter();
                for &index in &group {
                    let n_scored = lengths[index].saturating_sub(1);
                    for [log_prob, mean, variance] in moments.by_ref().take(n_scored) {
                        statistics[index].log_prob.push(log_prob);
                        statistics[index].mean.push(mean);
                        statistics[index].variance.push(variance);
                    }
                }
            }
            Ok(statistics)
        })
    }

    fn reserve(&mut self, n_slots: usize, _capacity: usize) -> anyhow::Result<()> {
        self.slots = vec![Slot::default(); n_slots];
        guarded(FAILED, || {
            self.model.reserve(&self.blueprint, n_slots);
            Ok(())
        })
    }

    fn clear(&mut self, slot: usize) {
        self.slots[slot].n_positions = 0;
    }

    fn step(&mut self, rows: &[Row<'_>]) -> anyhow::Result<Logits> {
        guarded(FAILED, || {
            let n_vocab = self.blueprint.n_vocab;
            let mut values = vec![0.0; rows.len() * n_vocab];
            for (group, sequences) in batch::step_groups(rows, &self.slots, MAX_TOKENS) {
                let logits = self.last_logits(&Batch::new(sequences))?;
                for (&index, logits) in group.iter().zip(logits.chunks_exact(n_vocab)) {
                    values[index * n_vocab..(index + 1) * n_vocab].copy_from_slice(logits);
                    let Row { slot, tokens } = rows[index];
                    self.slots[slot].n_positions += tokens.len();
                }
            }
            Ok(Logits { values, n_vocab })
        })
    }
}

/// What an error of a device begins with.
const FAILED: &str = "the device failed";
/// Weights that overflow, or a file that is not what it says.
const NOT_FINITE: &str = "the model returned a number that is not finite: its weights are damaged, or too large for this precision";

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
