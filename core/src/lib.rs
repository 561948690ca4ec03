//! Every number of data-anatomy: what the program and the page both compute, and in the same bits.
//!
//! The way of the data, and where to begin reading:
//!
//! 1. [`taxonomy`], [`mixture`]: named categories, and shares of a whole that cannot be built wrong.
//! 2. [`run`], [`spec`], [`bundled_specs`]: an estimate and a published mixture, read from a file;
//!    what is wrong with one is an [`input_error`].
//! 3. [`estimate`], with [`calibration`], [`confusion_matrix`] and [`bootstrap`]: a mixture from a
//!    classifier's verdicts, and how sure it is; [`trust`] tests what it rests on, [`open_set`] tells
//!    what is of no category, [`unit`] turns documents into tokens, and [`study`] is all of it.
//!    [`planted`] makes problems whose answer is known.
//! 4. [`alignment`], [`metrics`], [`baselines`], [`evaluation`]: a run scored against a truth.
//! 5. [`report`], [`figures`], [`plot`], [`report_page`]: what is shown of it.
//! 6. [`workspace`]: the files that somebody has open, for the page.
//!
#![doc = include_str!("example.md")]
//!
//! Pure: no files, clock, threads or environment, and no floating-point function but those of
//! [`math`], which are libm's; clippy forbids the others. Matrices are named by what they map:
//! `pred_from_true[(predicted, true)]`; in files a row is a true class.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

pub mod alignment;
pub mod baselines;
pub mod bootstrap;
pub mod bundled_specs;
pub mod calibration;
pub mod confusion_matrix;
pub mod diagnostic;
pub mod digest;
pub mod document_lengths;
pub mod estimate;
pub mod evaluation;
pub mod figures;
pub mod input_error;
pub mod inspection;
pub mod interval;
pub mod log_probabilities;
pub mod math;
pub mod matrix;
pub mod metrics;
pub mod mixture;
pub mod open_set;
pub mod paired;
mod parser_message;
pub mod planted;
pub mod plot;
pub mod predictions;
pub mod reestimate;
pub mod report;
pub mod report_page;
pub mod rng;
pub mod run;
pub mod simplex;
pub mod spec;
pub mod spec_lint;
pub mod study;
pub mod summary;
pub mod table;
pub mod taxonomy;
pub mod termination;
pub mod text;
pub mod trust;
pub mod unit;
pub mod well_known;
pub mod workspace;

#[cfg(test)]
mod tests;
