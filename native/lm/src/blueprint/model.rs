//! The whole of a blueprint, and what its layers differ in.

use super::mlp::Mlp;
use super::norm::{Norm, QueryKeyNorm};
use super::source::ModelSource;
use crate::rotary::Rotary;

/// The shape of a model, the variants it uses, and where its weights are.
#[derive(Debug, Clone, PartialEq)]
pub struct Blueprint {
    /// The family's usual name, such as `GPT-NeoX`.
    pub family: &'static str,
    /// Rows of the embedding, and logits per position. May be more than the tokenizer has: the padding
    /// took part in training, so it does in probabilities.
    pub n_vocab: usize,
    /// Width of the residual stream.
    pub hidden: usize,
    /// Query heads.
    pub n_heads: usize,
    /// Heads of keys and values; divides `n_heads`.
    pub n_kv_heads: usize,
    /// Width of a head.
    pub head_dim: usize,
    /// Most tokens a sequence may have.
    pub context: usize,
    /// The norms on the residual stream, and on queries and keys where there are any.
    pub norm: Norm,
    /// How attention and MLP are joined to the residual stream.
    pub residual: Residual,
    /// Norms on queries and keys.
    pub query_key_norm: QueryKeyNorm,
    /// Queries, keys and values are clamped to ± this.
    pub clip_qkv: Option<f32>,
    /// The MLP.
    pub mlp: Mlp,
    /// The rotary embeddings that the layers refer to by index.
    pub rotaries: Vec<Rotary>,
    /// What differs from layer to layer.
    pub layers: Vec<LayerPlan>,
    /// Where the weights are.
    pub weights: ModelSource,
}

/// How a layer's two parts are joined to the residual stream `x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Residual {
    /// `y = x + attention(norm(x))`, then `y + mlp(norm(y))`.
    Sequential,
    /// `x + attention(norm(x)) + mlp(norm'(x))`.
    Parallel,
    /// `y = x + norm(attention(x))`, then `y + norm(mlp(y))`.
    PostNorm,
}

/// What is a layer's own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerPlan {
    /// A token sees itself and so many before it, less one; all where none.
    pub window: Option<usize>,
    /// Which of the rotary embeddings rotates queries and keys, if any.
    pub rotary: Option<usize>,
    /// Products of queries and keys are multiplied by this.
    pub attention_scale: f32,
}

impl Blueprint {
    /// Width of all queries: `n_heads * head_dim`.
    pub fn query_width(&self) -> usize {
        self.n_heads * self.head_dim
    }

    /// Width of all keys, or values: `n_kv_heads * head_dim`.
    pub fn kv_width(&self) -> usize {
        self.n_kv_heads * self.head_dim
    }

    /// Number of weights, counting tied ones once.
    pub fn n_parameters(&self) -> u64 {
        let hidden = self.hidden as u64;
        let embeddings = self.n_vocab as u64 * hidden;
        let heads = if self.weights.head.is_some() { 2 } else { 1 };
        let positions =
            if self.weights.positions.is_some() { self.context as u64 * hidden } else { 0 };
        self.layers.len() as u64 * self.n_layer_parameters() + heads * embeddings + positions
    }

    /// Number of weights in the matrices of one layer.
    pub fn n_layer_parameters(&self) -> u64 {
        let inner = self.mlp.intermediate as u64;
        let attention = 2 * (self.query_width() + self.kv_width()) as u64;
        let mlp = if self.mlp.gated { 3 * inner } else { 2 * inner };
        (attention + mlp) * self.hidden as u64
    }

    /// Operations that a token costs in products with weight matrices: two per weight, the head's included.
    pub fn flops_per_token(&self) -> u64 {
        let head = self.n_vocab as u64 * self.hidden as u64;
        2 * (self.layers.len() as u64 * self.n_layer_parameters() + head)
    }

    /// Bytes that a token's keys and values take, at four bytes a number.
    pub fn cache_bytes_per_token(&self) -> u64 {
        self.layers.len() as u64 * 2 * self.kv_width() as u64 * 4
    }
}
