//! The parts of a model that its family brings along.

use crate::blueprint::{Mlp, ModelSource, Norm};
use crate::rotary::Rotary;

/// What a family brings to [`UsualSizes::blueprint`](super::usual_sizes::UsualSizes::blueprint).
pub(super) struct Parts {
    pub(super) norm: Norm,
    pub(super) mlp: Mlp,
    pub(super) rotary: Rotary,
    pub(super) windows: Vec<Option<usize>>,
    pub(super) weights: ModelSource,
}
