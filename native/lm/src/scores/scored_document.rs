//! A document as it is read.

/// A document as it is in the folder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredDocument<'part> {
    /// Its name.
    pub doc_id: &'part str,
    /// Where it comes from.
    pub category: &'part str,
    /// All its tokens.
    pub token_ids: &'part [i32],
    /// The log-probability of each token but the first.
    pub log_prob: &'part [f32],
    /// The mean of the log-probability under the model's distribution there.
    pub mean: &'part [f32],
    /// The variance of the log-probability under the model's distribution there.
    pub variance: &'part [f32],
    /// Bytes of the text that the tokens stand for.
    pub text_bytes: usize,
    /// Bytes of that text after zlib at level 6.
    pub zlib_bytes: usize,
}
