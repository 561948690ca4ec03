//! Norms: of the residual stream, and of queries and keys.

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
