//! Attention of every token to every other (Vaswani et al. 2017, eq. 1), and its derivative.

use burn_tensor::activation::softmax;

use super::batch::Batch;
use super::dropout::{self, Dropout};
use super::tensors::Floats;

/// How a width is shared out among heads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heads {
    pub(super) n_heads: usize,
    pub(super) head_dim: usize,
    /// The share of attention probabilities that training sets to zero.
    pub(super) dropout: f64,
}

/// What the derivative needs.
#[derive(Debug)]
pub(super) struct AttentionTrace {
    /// Divided by the root of their width, `[n_rows, n_heads, length, head_dim]`, as the next two.
    queries: Floats<4>,
    keys: Floats<4>,
    values: Floats<4>,
    /// `[n_rows, n_heads, length, length]`, as the next.
    probabilities: Floats<4>,
    mask: Option<Floats<4>>,
}

impl Heads {
    fn width(self) -> usize {
        self.n_heads * self.head_dim
    }

    #[expect(clippy::cast_precision_loss, reason = "a width is small")]
    fn scale(self) -> f64 {
        1.0 / (self.head_dim as f64).sqrt()
    }

    /// `[n_tokens, width]` as `[n_rows, n_heads, length, head_dim]`.
    fn split(self, x: Floats<2>, batch: &Batch) -> Floats<4> {
        x.reshape([batch.n_rows, batch.length, self.n_heads, self.head_dim]).swap_dims(1, 2)
    }

    /// The reverse of [`Heads::split`].
    fn join(self, x: Floats<4>, batch: &Batch) -> Floats<2> {
        x.swap_dims(1, 2).reshape([batch.n_rows * batch.length, self.width()])
    }

    /// What the tokens take from each other.
    ///
    /// # Shapes
    /// `qkv`: `[n_tokens, 3 * width]`, queries, keys and values side by side; result:
    /// `[n_tokens, width]`.
    pub(super) fn attend(
        self,
        qkv: &Floats<2>,
        batch: &Batch,
        dropout: &mut Dropout,
    ) -> (Floats<2>, AttentionTrace) {
        let width = self.width();
        let part = |number: usize| {
            self.split(qkv.clone().slice_dim(1, number * width..(number + 1) * width), batch)
        };
        let queries = part(0) * self.scale();
        let (keys, values) = (part(1), part(2));
        let mut scores = queries.clone().matmul(keys.clone().swap_dims(2, 3));
        if let Some(mask) = &batch.mask {
            scores = scores + mask.clone();
        }
        let probabilities = softmax(scores, 3);
        let mask = dropout.mask(self.dropout, probabilities.dims(), &probabilities.device());
        let weights = dropout::apply(probabilities.clone(), mask.as_ref());
        let context = self.join(weights.matmul(values.clone()), batch);
        (context, AttentionTrace { queries, keys, values, probabilities, mask })
    }

    /// The derivative by `qkv`, `[n_tokens, 3 * width]`, from that by the result of [`Heads::attend`].
    pub(super) fn backward(
        self,
        trace: AttentionTrace,
        gradient: Floats<2>,
        batch: &Batch,
    ) -> Floats<2> {
        let AttentionTrace { queries, keys, values, probabilities, mask } = trace;
        let gradient = self.split(gradient, batch);
        let weights = dropout::apply(probabilities.clone(), mask.as_ref());
        let by_values = weights.swap_dims(2, 3).matmul(gradient.clone());
        let by_probabilities =
            dropout::apply(gradient.matmul(values.swap_dims(2, 3)), mask.as_ref());
        let along = (by_probabilities.clone() * probabilities.clone()).sum_dim(3);
        let by_scores = (by_probabilities - along) * probabilities;
        let by_keys = by_scores.clone().swap_dims(2, 3).matmul(queries);
        let by_queries = by_scores.matmul(keys) * self.scale();
        let parts = [by_queries, by_keys, by_values].map(|part| self.join(part, batch));
        Floats::cat(parts.to_vec(), 1)
    }
}
