//! A run of label shift, step by step: inputs, verdicts, analysis (in core), outputs.

pub mod inputs;
pub mod outputs;
pub mod predicted;
