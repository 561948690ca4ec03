//! A run of label shift, step by step: documents, texts, echoes, verdicts, analysis (in core), outputs.

pub mod config;
pub mod degenerate;
pub mod document_lengths;
pub mod echoes;
pub mod inputs;
pub mod length_match;
pub mod material;
pub mod outputs;
pub mod predicted;
pub mod repetition;
pub mod run;
pub mod settings;
pub mod sources;
pub mod split_plan;
pub mod study;
pub mod texts;
pub mod writer;

pub use settings::Settings;
pub use study::{Finished, run};
