//! Runs scored against a published mixture.
//!
//! [`alignment`] puts a run and a truth on the same categories, decided per pair. [`metrics`] score,
//! [`baselines`] say what trivial guesses would score, [`paired`] compares two runs on the documents that
//! both saw, and [`units`] sees a run in the unit that the truth counts. [`evaluation`] is the one object of all this, from which [`report`] makes tables and
//! Markdown, [`accounts`] what was run, and [`figures`] plots; a run that found no mixture is an [`unidentified`] one there.
//!
//! Imports [`numeric`](crate::numeric), [`shares`](crate::shares), [`messages`](crate::messages),
//! [`files`](crate::files), [`show`](crate::show), [`account`](crate::account).

pub mod accounts;
pub mod alignment;
pub mod baselines;
mod comparison;
pub mod estimates;
pub mod evaluation;
pub mod figures;
pub mod finding;
pub mod member_shares;
pub mod metrics;
pub mod paired;
pub mod report;
mod run_evaluation;
pub mod unidentified;
pub mod units;
pub mod verdicts;
