//! What a decoder-only transformer computes, as data: every supported architecture is one of these.
//!
//! A file of [`super::architecture`] turns a checkpoint's `config.json` into a [`Blueprint`]; an engine
//! carries it out. Nothing else knows how the families differ.

use std::ops::Range;

use super::rotary::Rotary;

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

/// A norm over the last axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Norm {
    /// Which.
    pub kind: NormKind,
    /// Added to the variance or mean square.
    pub epsilon: f32,
}

/// Kinds of norms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NormKind {
    /// Mean 0 and variance 1 (Ba, Kiros & Hinton 2016).
    Layer,
    /// Root mean square 1 (Zhang & Sennrich 2019).
    Rms,
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

/// Norms on queries and keys before they are rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryKeyNorm {
    /// None.
    None,
    /// Over all heads together.
    Whole,
    /// Over each head by itself, with the same weights.
    PerHead,
}

/// The MLP: `down(activation(up(x)))`, or `down(activation(gate(x)) · up(x))`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mlp {
    /// Its inner width.
    pub intermediate: usize,
    /// The function between.
    pub activation: Activation,
    /// Whether there is a gate.
    pub gated: bool,
}

/// Functions between the two matrices of an MLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// `x · Φ(x)`.
    Gelu,
    /// GELU with the tanh approximation.
    GeluTanh,
    /// `x · σ(1.702 x)`.
    GeluQuick,
    /// `max(x, 0)`.
    Relu,
    /// `x · σ(x)`.
    Silu,
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

/// Where all weights of a model are.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSource {
    /// What all but the head's names begin with; some checkpoints leave it out.
    pub prefix: &'static str,
    /// Embedding of tokens, `[n_vocab, hidden]`.
    pub embedding: Source,
    /// Learned embedding of positions, `[context, hidden]`.
    pub positions: Option<Source>,
    /// The layers.
    pub layers: Vec<LayerSource>,
    /// The last norm.
    pub final_norm: NormSource,
    /// The head, `[n_vocab, hidden]`; the embedding itself where none.
    pub head: Option<Source>,
    /// Endings of names of tensors that are no weights: buffers, and heads tied to the embedding.
    pub ignored: &'static [&'static str],
}

/// Where a layer's weights are.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSource {
    /// Norm before the attention, or after it where norms come after.
    pub attention_norm: NormSource,
    /// Norm before the MLP, or after it where norms come after.
    pub mlp_norm: NormSource,
    /// `[n_heads * head_dim, hidden]`.
    pub query: LinearSource,
    /// `[n_kv_heads * head_dim, hidden]`.
    pub key: LinearSource,
    /// `[n_kv_heads * head_dim, hidden]`.
    pub value: LinearSource,
    /// `[hidden, n_heads * head_dim]`.
    pub output: LinearSource,
    /// Norm of queries.
    pub query_norm: Option<Source>,
    /// Norm of keys.
    pub key_norm: Option<Source>,
    /// `[intermediate, hidden]`.
    pub gate: Option<LinearSource>,
    /// `[intermediate, hidden]`.
    pub up: LinearSource,
    /// `[hidden, intermediate]`.
    pub down: LinearSource,
}

/// Where a linear map `x · Wᵀ + b` is; `W` is `[n_out, n_in]`.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearSource {
    /// `W`.
    pub weight: Source,
    /// `b`.
    pub bias: Option<Source>,
}

/// Where a norm's weights are; a norm without weights has neither.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NormSource {
    /// Factors.
    pub weight: Option<Source>,
    /// Terms.
    pub bias: Option<Source>,
}

/// A tensor of the checkpoint, or some of its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Which of its rows.
    pub rows: Rows,
    /// The checkpoint holds the matrix as `[n_in, n_out]`; rows are counted after turning it.
    pub transposed: bool,
}

/// Some rows of a tensor, of a tensor that holds several maps one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// All of them.
    All,
    /// These, of so many.
    Range {
        /// Which.
        range: Range<usize>,
        /// Of how many.
        n_rows: usize,
    },
    /// The same rows of each of several groups of rows.
    Groups {
        /// How many groups.
        n_groups: usize,
        /// Rows of a group.
        group_rows: usize,
        /// Which of them.
        range: Range<usize>,
    },
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

impl Source {
    /// The whole tensor called `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), rows: Rows::All, transposed: false }
    }
}

impl LinearSource {
    /// The map of `name.weight`, and `name.bias` if `biased`.
    pub fn new(name: &str, biased: bool) -> Self {
        let bias = biased.then(|| Source::new(format!("{name}.bias")));
        Self { weight: Source::new(format!("{name}.weight")), bias }
    }

    /// The same, of a checkpoint that holds its matrix as `[n_in, n_out]`.
    #[must_use]
    pub fn transposed(mut self) -> Self {
        self.weight.transposed = true;
        self
    }

    /// These rows of it.
    #[must_use]
    pub fn rows(mut self, rows: &Rows) -> Self {
        self.weight.rows = rows.clone();
        if let Some(bias) = &mut self.bias {
            bias.rows = rows.clone();
        }
        self
    }
}

impl NormSource {
    /// The norm of `name.weight` alone.
    pub fn weight(name: &str) -> Self {
        Self { weight: Some(Source::new(format!("{name}.weight"))), bias: None }
    }

    /// The norm of `name.weight` and `name.bias`.
    pub fn weight_and_bias(name: &str) -> Self {
        let bias = Some(Source::new(format!("{name}.bias")));
        Self { bias, ..Self::weight(name) }
    }
}
