//! One replicate of a study, with all that is made of it.

use crate::label_shift::bootstrap::Replicate;
use crate::label_shift::trust::TrustDraw;

/// What replicate `index` of a study gives.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyReplicate {
    pub(super) replicate: Replicate,
    pub(super) mean_lengths: Option<Vec<f64>>,
    pub(super) trust: Option<TrustDraw>,
}
