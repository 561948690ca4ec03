//! Every number of data-anatomy.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

pub mod math;
pub mod matrix;
pub mod mixture;
pub mod rng;
pub mod simplex;
pub mod taxonomy;
pub mod termination;
