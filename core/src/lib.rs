//! Every number of data-anatomy.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

pub mod bootstrap;
pub mod calibration;
pub mod confusion_matrix;
pub mod diagnostic;
pub mod estimate;
pub mod interval;
pub mod log_probabilities;
pub mod math;
pub mod matrix;
pub mod mixture;
pub mod planted;
pub mod rng;
pub mod simplex;
pub mod taxonomy;
pub mod termination;
