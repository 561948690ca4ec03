//! What the page has open, and the one file that carries it to somebody else.
//!
//! A [`workspace`] holds files that were dropped, evaluates them together and estimates stored runs again
//! ([`stored_runs`]); [`report_page`] fills the page with its data and a part that reads without scripts.
//!
//! Imports [`shares`](crate::shares), [`messages`](crate::messages),
//! [`files`](crate::files), [`show`](crate::show), [`label_shift`](crate::label_shift), [`evaluate`](crate::evaluate)
//! and counts nothing itself.

pub mod report_page;
pub mod stored_runs;
pub mod workspace;
