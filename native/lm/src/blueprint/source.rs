//! Where weights are in a checkpoint.

use std::ops::Range;

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
