//! What the page has open, and the one file that carries it to somebody else.
//!
//! A [`workspace`] holds files that were dropped ([`file_kind`] tells what they are) and evaluates them together.
//! [`stored_runs`] are those that can be estimated again, by whichever method they were made: a [`stepped_study`]
//! does it step by step, [`study_plot`] draws what came out. [`report_page`] fills the page with its data and a part
//! that reads without scripts.
//!
//! Imports [`numeric`](crate::numeric), [`shares`](crate::shares), [`messages`](crate::messages),
//! [`files`](crate::files), [`show`](crate::show), [`label_shift`](crate::label_shift), [`openings`](crate::openings),
//! [`evaluate`](crate::evaluate) and counts nothing itself.

mod carried;
pub mod choices;
pub mod file_kind;
pub mod ground_truths;
mod paths;
mod places;
pub mod report_page;
mod run_basis;
pub mod scored;
pub mod stepped_study;
pub mod stored_runs;
pub mod study_plot;
mod told_plot;
pub mod workspace;
