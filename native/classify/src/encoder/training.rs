//! Fine-tuning: batches, loss, steps.

use anyhow::{Context as _, ensure};
use data_anatomy_core::numeric::rng::RandomStream;
use rayon::prelude::*;

use super::batch::{Batch, groups};
use super::dropout::Dropout;
use super::model::{Gradients, Model};
use super::optimizer::{AdamW, schedule};
use super::tensors::{Device, floats, values};
use super::work::Work;
use crate::logistic::log_softmax;

/// The stream of a seed that orders the documents of an epoch; each epoch adds its number.
const ORDER_STREAM: u64 = 2 << 32;
/// The stream of a seed that draws masks; each group of documents adds its number.
const DROPOUT_STREAM: u64 = 3 << 32;
/// The gradient's norm is limited to this.
const MAX_GRADIENT_NORM: f64 = 1.0;
/// How much of the shown loss the last steps make up.
const LOSS_MEMORY: f64 = 0.95;

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    pub(super) n_epochs: usize,
    pub(super) batch_size: usize,
    pub(super) learning_rate: f64,
    pub(super) weight_decay: f64,
    pub(super) warmup_ratio: f64,
    pub(super) seed: u64,
}

/// Training documents as tokens, with their classes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Examples<'a> {
    pub(super) sequences: &'a [Vec<u32>],
    pub(super) classes: &'a [usize],
}

/// How far training is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Status {
    /// Documents seen, each as often as there are epochs.
    pub(super) n_done: usize,
    pub(super) n_total: usize,
    /// The mean loss of the last steps, in nats.
    pub(super) loss: f64,
}

/// What training came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outcome {
    pub(super) n_steps: usize,
    /// Mean loss over the last epoch, in nats.
    pub(super) loss: f64,
}

/// A model that is being trained.
pub(super) struct Trainer<'a> {
    pub(super) model: Model,
    pub(super) optimizer: AdamW,
    pub(super) device: &'a Device,
    pub(super) work: Work,
    /// Where masks are drawn from; no dropout without.
    pub(super) seed: Option<u64>,
    /// Groups of documents that went through the model.
    n_groups: u64,
}

impl<'a> Trainer<'a> {
    /// A model whose training has not begun.
    pub(super) fn new(
        model: Model,
        weight_decay: f64,
        device: &'a Device,
        seed: Option<u64>,
    ) -> Self {
        let optimizer = AdamW::new(&model, weight_decay, MAX_GRADIENT_NORM);
        Self { model, optimizer, device, work: Work::on(device), seed, n_groups: 0 }
    }

    /// Trains as planned; each step is reported.
    ///
    /// # Errors
    /// If the loss is no longer finite, or the device fails.
    pub(super) fn fit(
        &mut self,
        examples: Examples<'_>,
        plan: Plan,
        report: &dyn Fn(Status),
    ) -> anyhow::Result<Outcome> {
        let n_docs = examples.classes.len();
        let steps_per_epoch = n_docs.div_ceil(plan.batch_size);
        let n_steps = plan.n_epochs * steps_per_epoch;
        let n_warmup = n_warmup(n_steps, plan.warmup_ratio);
        let (mut step, mut shown, mut epoch_loss) = (0, None, 0.0);
        for epoch in 0..plan.n_epochs {
            let mut order: Vec<usize> = (0..n_docs).collect();
            RandomStream::new(plan.seed, ORDER_STREAM + epoch as u64).shuffle(&mut order);
            let mut total_loss = 0.0;
            for (number, batch) in order.chunks(plan.batch_size).enumerate() {
                let rate = plan.learning_rate * schedule(step, n_warmup, n_steps);
                let loss = self.step(examples, batch, rate).with_context(|| {
                    format!("step {} of {n_steps} of the classifier's training", step + 1)
                })?;
                step += 1;
                total_loss += loss * batch.len() as f64;
                let before = shown.unwrap_or(loss);
                shown = Some(LOSS_MEMORY * before + (1.0 - LOSS_MEMORY) * loss);
                let n_done = epoch * n_docs + (number * plan.batch_size + batch.len());
                let n_total = plan.n_epochs * n_docs;
                report(Status { n_done, n_total, loss: shown.unwrap_or(loss) });
            }
            epoch_loss = total_loss / n_docs as f64;
        }
        Ok(Outcome { n_steps, loss: epoch_loss })
    }

    /// One step on these documents: their mean loss before it.
    ///
    /// # Errors
    /// If the loss is not finite, or the device fails.
    pub(super) fn step(
        &mut self,
        examples: Examples<'_>,
        batch: &[usize],
        learning_rate: f64,
    ) -> anyhow::Result<f64> {
        let lengths: Vec<usize> =
            batch.iter().map(|&index| examples.sequences[index].len()).collect();
        let groups: Vec<Group> = groups(&lengths, self.work.max_tokens)
            .into_iter()
            .map(|group| group.into_iter().map(|position| batch[position]).collect())
            .zip(self.n_groups..)
            .map(|(documents, number)| Group { documents, number, n_batch: batch.len() })
            .collect();
        self.n_groups += groups.len() as u64;
        let (mut loss, mut gradients): (f64, Option<Gradients>) = (0.0, None);
        for wave in groups.chunks(self.work.n_at_once) {
            let found: Vec<anyhow::Result<(f64, Gradients)>> = if wave.len() == 1 {
                vec![self.group_gradients(examples, &wave[0])]
            } else {
                wave.par_iter().map(|group| self.group_gradients(examples, group)).collect()
            };
            // Summed in their order, so that threads do not change the result.
            for result in found {
                let (group_loss, group_gradients) = result?;
                loss += group_loss;
                match &mut gradients {
                    Some(sum) => sum.merge(group_gradients),
                    None => gradients = Some(group_gradients),
                }
            }
        }
        ensure!(
            loss.is_finite(),
            "the loss is not finite: lower --hf-lr, or check the checkpoint's weights"
        );
        if let Some(gradients) = gradients {
            self.optimizer.step(&mut self.model, gradients, learning_rate);
        }
        Ok(loss)
    }

    /// This group's share of the batch's mean loss, and its derivatives.
    fn group_gradients(
        &self,
        examples: Examples<'_>,
        group: &Group,
    ) -> anyhow::Result<(f64, Gradients)> {
        let sequences: Vec<&[u32]> =
            group.documents.iter().map(|&index| examples.sequences[index].as_slice()).collect();
        let batch = Batch::new(&sequences, self.model.architecture.n_positions, self.device);
        let mut dropout = match self.seed {
            Some(seed) => Dropout::new(seed, DROPOUT_STREAM + group.number),
            None => Dropout::off(),
        };
        let (logits, trace) = self.model.logits_with_trace(&batch, &mut dropout);
        let shape = logits.dims();
        let classes: Vec<usize> =
            group.documents.iter().map(|&index| examples.classes[index]).collect();
        let (loss, gradient) = cross_entropy(&values(logits)?, &classes, group.n_batch);
        let gradient = floats(gradient, shape, self.device);
        Ok((loss, self.model.backward(trace, gradient, &batch)))
    }
}

/// Documents of a batch that go through the model together.
struct Group {
    documents: Vec<usize>,
    /// Counted from the beginning of training.
    number: u64,
    /// How many documents the whole batch has.
    n_batch: usize,
}

/// The steps of warm-up, rounded up as `transformers` does.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count of steps"
)]
fn n_warmup(n_steps: usize, ratio: f64) -> usize {
    (n_steps as f64 * ratio).ceil() as usize
}

/// The sum of `−ln p(class)` over rows, divided by `n_batch`, and its derivatives by the logits.
///
/// # Shapes
/// `logits`, result: `[n_rows, n_classes]`, row-major.
#[expect(clippy::cast_possible_truncation, reason = "24 bits are enough")]
fn cross_entropy(logits: &[f32], classes: &[usize], n_batch: usize) -> (f64, Vec<f32>) {
    let n_classes = logits.len() / classes.len().max(1);
    let mut loss = 0.0;
    let mut gradient = Vec::with_capacity(logits.len());
    for (row, &class) in logits.chunks_exact(n_classes).zip(classes) {
        let mut row: Vec<f64> = row.iter().map(|&logit| f64::from(logit)).collect();
        log_softmax(&mut row);
        loss -= row[class] / n_batch as f64;
        let target = |column: usize| if column == class { 1.0 } else { 0.0 };
        gradient.extend(
            row.iter().enumerate().map(|(column, value)| {
                ((libm::exp(*value) - target(column)) / n_batch as f64) as f32
            }),
        );
    }
    (loss, gradient)
}
