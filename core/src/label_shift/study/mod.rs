//! A whole study of stored verdicts: estimate, intervals, unknown share, tests, in either unit.
//!
//! The program and the page compute through this module alone, so that both give the same numbers. Its
//! replicates may be made in any order and on any number of threads.
//!
//! A [`Study`] is what [`StudyOptions`] make of verdicts. Each [`StudyReplicate`] is made by itself, and all of
//! them together give intervals, [`StudyShares`] and checks.

mod merged_lengths;
mod options;
mod prepared;
mod replicate;
mod shares;

#[cfg(test)]
mod tests;

pub use merged_lengths::merged_lengths;
pub use options::{StudyOptions, UnknownChoice};
pub use prepared::{Study, makes_diagnostic};
pub use replicate::StudyReplicate;
pub use shares::{StudyShares, UnknownRecord};
