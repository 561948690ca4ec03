//! Every number of data-anatomy.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

pub mod mixture;
pub mod plot;
pub mod taxonomy;
