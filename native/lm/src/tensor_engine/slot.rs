//! What is remembered of a sequence from step to step.

/// What a slot holds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    /// Tokens whose keys and values are kept.
    pub(super) n_positions: usize,
}
