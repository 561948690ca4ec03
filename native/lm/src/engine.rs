//! The seam between what is done with a model and what computes it: plain types and one trait.

use super::blueprint::Blueprint;

/// A token's number in the vocabulary.
pub type TokenId = u32;

/// What a model says about the tokens 1… of a sequence, in nats: three lists of equal length, one entry
/// shorter than the sequence.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TokenStatistics {
    /// Log-probability of the token, given those before it.
    pub log_prob: Vec<f32>,
    /// Mean of the log-probability under the model's own distribution of that token.
    pub mean: Vec<f32>,
    /// Its variance.
    pub variance: Vec<f32>,
}

/// Tokens to append to what a slot already holds.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The slot.
    pub slot: usize,
    /// The tokens, one or more.
    pub tokens: &'a [TokenId],
}

/// One list of logits per row.
#[derive(Debug, Clone, PartialEq)]
pub struct Logits {
    /// `[n_rows, n_vocab]`, row-major.
    pub values: Vec<f32>,
    /// Length of a row.
    pub n_vocab: usize,
}

impl Logits {
    /// The rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.n_vocab)
    }
}

/// Computes a model.
///
/// Sequences are independent: what an engine returns for one depends on its tokens alone, up to the
/// rounding that the engine states.
pub trait Engine: Send {
    /// What is computed.
    fn blueprint(&self) -> &Blueprint;

    /// The statistics of each sequence, which has at most `context` tokens.
    ///
    /// # Errors
    /// If the device fails.
    fn score(&mut self, sequences: &[&[TokenId]]) -> anyhow::Result<Vec<TokenStatistics>>;

    /// Makes room for `n_slots` sequences of up to `capacity` tokens each; all are empty then.
    ///
    /// # Errors
    /// If the device has no such room.
    fn reserve(&mut self, n_slots: usize, capacity: usize) -> anyhow::Result<()>;

    /// Empties the slot.
    fn clear(&mut self, slot: usize);

    /// Appends each row's tokens to its slot and returns the logits after its last one. A slot occurs
    /// once; its tokens fit into its capacity.
    ///
    /// # Errors
    /// If the device fails.
    fn step(&mut self, rows: &[Row<'_>]) -> anyhow::Result<Logits>;
}
