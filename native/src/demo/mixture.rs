//! What the demo's imagined model was trained on.

/// The demo's published mixture, in the format of the other specs; its shares are [`MIXTURE`].
pub const SPEC: &str = include_str!("../../assets/demo/spec.yaml");

/// Shares of the documents that the demo's imagined model was trained on, in the order of
/// [`Category::ALL`](super::Category::ALL).
pub const MIXTURE: [f64; 7] = [0.34, 0.16, 0.15, 0.08, 0.09, 0.07, 0.11];
