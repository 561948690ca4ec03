//! Every number of data-anatomy.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

pub mod alignment;
pub mod baselines;
pub mod bundled_specs;
pub mod diagnostic;
pub mod digest;
pub mod evaluation;
pub mod input_error;
pub mod interval;
pub mod math;
pub mod matrix;
pub mod metrics;
pub mod mixture;
mod parser_message;
pub mod paired;
pub mod plot;
pub mod predictions;
pub mod report;
pub mod report_page;
pub mod rng;
pub mod run;
pub mod simplex;
pub mod spec;
pub mod spec_lint;
pub mod table;
pub mod taxonomy;
pub mod termination;
pub mod text;
pub mod well_known;
pub mod workspace;
