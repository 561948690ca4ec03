//! A document as it is written.

/// A document and what the model says about its tokens.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DocumentScores {
    /// Its name.
    pub doc_id: String,
    /// Where it comes from.
    pub category: String,
    /// All its tokens.
    pub token_ids: Vec<i32>,
    /// The log-probability of each token but the first.
    pub log_prob: Vec<f32>,
    /// The mean of the log-probability under the model's distribution there.
    pub mean: Vec<f32>,
    /// The variance of the log-probability under the model's distribution there.
    pub variance: Vec<f32>,
    /// Bytes of the text that the tokens stand for: of a text that was cut, its beginning.
    pub text_bytes: i32,
    /// Bytes of that text after zlib at level 6.
    pub zlib_bytes: i32,
}
