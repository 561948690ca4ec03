//! Attention over the keys of the same pass, or over cached ones.

use std::ops::Range;

use burn_tensor::DType;
use burn_tensor::activation::softmax;
use burn_tensor::module::attention;
use burn_tensor::ops::AttentionModuleOptions;

use super::burn_device::Device;
use super::tensors::{Floats, Integers};

/// Queries whose scores are made at a time: they see no keys after the last of them, and the scores take
/// little room.
const BLOCK: usize = 256;

/// Added to the score of a key that is not seen: its exponential is 0, and no infinity is computed with.
const UNSEEN: f32 = -1e30;

/// The heads of a layer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heads {
    pub(super) n_heads: usize,
    pub(super) n_kv_heads: usize,
    pub(super) head_dim: usize,
    /// Products of queries and keys are multiplied by this.
    pub(super) scale: f32,
}

/// Which keys are seen by which queries.
#[derive(Debug)]
pub(super) enum Seen {
    /// Query `i` of a row sees the keys of its row up to `i`; the kernel of the back end knows that.
    Causal,
    /// The same, or the last few of them, in blocks of queries.
    Blocks(Vec<Block>),
    /// What is added to the scores of all queries and all cached keys, `[n_rows, 1, 1, length, n_keys]`.
    Cached(Box<Floats<5>>),
}

/// Queries that are computed together.
#[derive(Debug)]
pub(super) struct Block {
    queries: Range<usize>,
    keys: Range<usize>,
    /// Added to the scores, `[1, 1, 1, n_queries, n_keys]`.
    bias: Floats<5>,
}

impl Seen {
    /// What is seen within rows of `length` tokens where a token sees `window` of them, itself included.
    pub(super) fn fresh(
        length: usize,
        window: Option<usize>,
        dtype: DType,
        device: &Device,
    ) -> Self {
        let window = window.filter(|window| *window < length);
        // The kernels that fuse the steps of attention round as 16-bit floats do.
        if window.is_none() && dtype != DType::F32 {
            return Self::Causal;
        }
        let blocks = (0..length).step_by(BLOCK).map(|start| {
            let queries = start..(start + BLOCK).min(length);
            let first = window.map_or(0, |window| (start + 1).saturating_sub(window));
            let keys = first..queries.end;
            let shape = [1, 1, 1, queries.len(), keys.len()];
            let positions = positions(queries.clone(), device);
            let bias = bias(positions, keys.clone(), window).reshape(shape);
            Block { queries, keys, bias }
        });
        Self::Blocks(blocks.collect())
    }

    /// What queries at these positions, in rows of `length`, see of `n_keys` cached keys.
    pub(super) fn cached(
        positions: &Integers<1>,
        length: usize,
        n_keys: usize,
        window: Option<usize>,
    ) -> Self {
        let n_rows = positions.dims()[0] / length;
        let window = window.filter(|window| *window < n_keys);
        let bias = bias(positions.clone(), 0..n_keys, window);
        Self::Cached(Box::new(bias.reshape([n_rows, 1, 1, length, n_keys])))
    }
}

fn positions(range: Range<usize>, device: &Device) -> Integers<1> {
    Integers::arange(signed(range.start)..signed(range.end), device)
}

#[expect(clippy::cast_possible_wrap, reason = "positions are below 2^31")]
fn signed(value: usize) -> i64 {
    value as i64
}

/// What is added to the scores of queries at these positions with these keys, `[n_queries, n_keys]`.
fn bias(queries: Integers<1>, keys: Range<usize>, window: Option<usize>) -> Floats<2> {
    let shape = [queries.dims()[0], keys.len()];
    let keys = positions(keys, &queries.device()).reshape([1, shape[1]]).expand(shape);
    let queries = queries.reshape([shape[0], 1]).expand(shape);
    let mut unseen = keys.clone().greater(queries.clone());
    if let Some(window) = window {
        unseen = unseen.bool_or(keys.lower_equal(queries.sub_scalar(signed(window))));
    }
    unseen.float() * UNSEEN
}

/// The means of `values` that `queries` attend to.
///
/// # Shapes
/// Queries and the result are `[n_rows, n_heads, length, head_dim]`, keys and values
/// `[n_rows, n_kv_heads, n_keys, head_dim]`.
pub(super) fn attend(
    heads: Heads,
    queries: Floats<4>,
    [keys, values]: [Floats<4>; 2],
    seen: &Seen,
) -> Floats<4> {
    match seen {
        Seen::Causal => fused(heads, queries, [keys, values]),
        Seen::Cached(bias) => with_scores(heads, queries, [keys, values], (**bias).clone()),
        Seen::Blocks(blocks) => {
            let of_block = |block: &Block| {
                let queries = queries.clone().slice_dim(2, block.queries.clone());
                let seen = [&keys, &values].map(|all| all.clone().slice_dim(2, block.keys.clone()));
                with_scores(heads, queries, seen, block.bias.clone())
            };
            match blocks.as_slice() {
                [block] => of_block(block),
                blocks => Floats::cat(blocks.iter().map(of_block).collect(), 2),
            }
        }
    }
}

/// Scores, their softmax in single precision, and means, one after the other.
fn with_scores(
    heads: Heads,
    queries: Floats<4>,
    [keys, values]: [Floats<4>; 2],
    bias: Floats<5>,
) -> Floats<4> {
    let Heads { n_heads, n_kv_heads, head_dim, scale } = heads;
    let [n_rows, _, length, _] = queries.dims();
    let [_, _, n_keys, _] = keys.dims();
    let group = n_heads / n_kv_heads;
    let dtype = queries.dtype();
    // Queries that share a head of keys are rows of one matrix.
    let queries = queries.reshape([n_rows, n_kv_heads, group * length, head_dim]);
    let scores = queries.matmul(keys.swap_dims(2, 3)).cast(DType::F32) * scale;
    let scores = scores.reshape([n_rows, n_kv_heads, group, length, n_keys]) + bias;
    let shares = softmax(scores, 4).cast(dtype);
    let shares = shares.reshape([n_rows, n_kv_heads, group * length, n_keys]);
    shares.matmul(values).reshape([n_rows, n_heads, length, head_dim])
}

/// The same by a kernel of the back end that keeps no scores.
fn fused(heads: Heads, queries: Floats<4>, keys_and_values: [Floats<4>; 2]) -> Floats<4> {
    let Heads { n_heads, n_kv_heads, head_dim, scale } = heads;
    let group = n_heads / n_kv_heads;
    let [keys, values] = keys_and_values.map(|tensor| {
        let [n_rows, _, length, _] = tensor.dims();
        if group == 1 {
            return tensor;
        }
        let shared: Floats<5> = tensor.unsqueeze_dim(2);
        let shape = [n_rows, n_kv_heads, group, length, head_dim];
        shared.expand(shape).reshape([n_rows, n_heads, length, head_dim])
    });
    // The kernel knows one scale, 1 / √head_dim.
    #[expect(clippy::cast_precision_loss, reason = "a head's width")]
    let factor = scale * (head_dim as f32).sqrt();
    let queries = if (factor - 1.0).abs() < 1e-6 { queries } else { queries * factor };
    let options = AttentionModuleOptions { is_causal: true, ..Default::default() };
    attention(queries, keys, values, None, None, options)
}
