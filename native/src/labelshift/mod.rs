//! A run of label shift, step by step: documents, texts, echoes, verdicts, analysis (in core), outputs.

pub mod degenerate;
pub mod document_lengths;
pub mod echoes;
pub mod inputs;
pub mod length_match;
pub mod material;
pub mod outputs;
pub mod predicted;
pub mod run;
pub mod texts;
