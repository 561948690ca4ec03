//! Memory that is used again.

/// Memory that drawing uses again from token to token.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    /// The weight of each token; the best weighs 1.
    pub(super) weights: Vec<f32>,
    pub(super) block_sums: Vec<f64>,
    pub(super) candidates: Vec<u64>,
    pub(super) maxima: Vec<f32>,
}
