//! The scale of attention.

/// `1 / √head_dim`, the usual scale of attention.
#[expect(clippy::cast_precision_loss, reason = "a head's width")]
pub(super) fn usual_scale(head_dim: usize) -> f32 {
    1.0 / (head_dim as f32).sqrt()
}
