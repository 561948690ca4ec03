//! What can go wrong in drawing.

/// Why there is no such way to draw, or no token to be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SamplingError {
    /// A temperature below 0, or none at all.
    #[error(
        "expected a temperature of at least 0 (0 takes the most probable token), found {found}"
    )]
    Temperature {
        /// What was found.
        found: f64,
    },
    /// A share of probability that is not one.
    #[error("expected a top-p above 0 and at most 1 (1 keeps every token), found {found}")]
    TopP {
        /// What was found.
        found: f64,
    },
    /// The model computed something that is no number.
    #[error("the model gave {found} as the logit of token {token}; expected finite numbers")]
    NotFinite {
        /// The token.
        token: usize,
        /// What was found.
        found: f32,
    },
    /// There is no token at all.
    #[error("the model gave no logits")]
    NoLogits,
}
