//! How counts are weighed: by how rare a term is, and to unit length.

/// `ln((1 + n) / (1 + df)) + 1`: the inverse document frequency, smoothed as if one more document
/// held every term once (scikit-learn, `TfidfTransformer(smooth_idf=True)`).
pub(super) fn smooth_idf(document_frequency: u32, n_docs: u32) -> f64 {
    libm::log((1.0 + f64::from(n_docs)) / (1.0 + f64::from(document_frequency))) + 1.0
}

/// One over the Euclidean norm; 0 for a row of zeros.
pub(super) fn inverse_norm(values: impl Iterator<Item = f64>) -> f64 {
    let square: f64 = values.map(|value| value * value).sum();
    if square > 0.0 { 1.0 / square.sqrt() } else { 0.0 }
}
