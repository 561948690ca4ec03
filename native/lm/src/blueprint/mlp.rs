//! The MLP of a layer, and the function within.

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
