//! Who writes summaries.

/// The latest `schema_version` of summary files that is understood.
pub const SCHEMA_VERSION: u64 = 1;

/// Who wrote a summary, which decides what is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// This program: the point estimate is scored.
    #[default]
    Ours,
    /// The seed study's label shift: its mean is scored, as the seed does.
    SeedPriors,
    /// One of the seed study's membership scripts.
    SeedMembership,
}
