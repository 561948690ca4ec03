//! What the page has open, and the one file that carries it to somebody else.
//!
//! A [`workspace`] holds files that were dropped, evaluates them together and estimates stored runs again
//! ([`stored_runs`]); [`report_page`] fills the page with its data and a part that reads without scripts.
//!
//! Imports every other room but [`membership`](crate::membership).

pub mod report_page;
pub mod stored_runs;
pub mod workspace;
