//! What is true of several modules at once, or of every file that is read.
//!
//! They stand here, not in a `tests` folder beside `src`, so that core is compiled once to be tested.

mod evaluation_properties;
mod golden_estimation;
mod golden_evaluator;
mod hostile_input;
mod malformed;
