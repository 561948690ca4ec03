//! What a run came to.

/// How a run stands at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Texts in the file.
    pub n_texts: u64,
    /// Tokens of all texts, as far as they are known.
    pub n_tokens: u64,
    /// Texts that are not in the file.
    pub missing: Vec<u64>,
}
