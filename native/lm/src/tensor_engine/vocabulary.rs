//! The head of a model, a few rows at a time: log-probabilities of given tokens and the moments of the
//! log-probability.

use anyhow::{Context as _, anyhow};
use burn_tensor::DType;

use super::linear::Linear;
use super::tensors::{Floats, numbers};

/// Logits that are kept at a time: 256 MiB of them.
const MAX_LOGITS: usize = 1 << 26;

/// The logits of each row of `normed`, row after row.
pub(super) fn logits(head: &Linear, normed: Floats<2>) -> anyhow::Result<Vec<f32>> {
    read(head.apply(normed).cast(DType::F32))
}

/// Log-probability of the target, and mean and variance of the log-probability, at each row of `normed`,
/// `[n_rows, hidden]`, one or more.
pub(super) fn moments(
    head: &Linear,
    normed: &Floats<2>,
    n_vocab: usize,
    targets: &[i32],
) -> anyhow::Result<Vec<[f32; 3]>> {
    let rows_each = (MAX_LOGITS / n_vocab).max(1);
    let parts = targets.chunks(rows_each).enumerate().map(|(part, targets)| {
        let start = part * rows_each;
        of_rows(head, normed.clone().slice_dim(0, start..start + targets.len()), targets)
    });
    let values = read(Floats::cat(parts.collect(), 0))?;
    let (moments, _) = values.as_chunks::<3>();
    Ok(moments.to_vec())
}

/// `[n_rows, 3]`. With `d` a logit less the largest one and `Z` the sum of `e^d`: `log p = d - ln Z`, so its
/// mean is that of `d` less `ln Z`, and its variance that of `d`.
fn of_rows(head: &Linear, normed: Floats<2>, targets: &[i32]) -> Floats<2> {
    let targets = numbers(targets.to_vec(), &normed.device()).reshape([targets.len(), 1]);
    let logits = head.apply(normed).cast(DType::F32);
    let distance = logits.clone() - logits.max_dim(1);
    let weight = distance.clone().exp();
    let sum = weight.clone().sum_dim(1);
    let mean = (weight.clone() * distance.clone()).sum_dim(1) / sum.clone();
    let centred = distance.clone() - mean.clone();
    let variance = (weight * centred.square()).sum_dim(1) / sum.clone();
    let log_sum = sum.log();
    let log_prob = distance.gather(1, targets) - log_sum.clone();
    Floats::cat(vec![log_prob, mean - log_sum, variance], 1)
}

/// The numbers of a tensor, once they are computed.
fn read(tensor: Floats<2>) -> anyhow::Result<Vec<f32>> {
    let data = tensor.try_into_data().map_err(|error| anyhow!("the device failed: {error}"))?;
    data.into_vec().map_err(|error| anyhow!("{error:?}")).context("reading from the device")
}
