//! Texts read from files: reference documents by category, and texts that a model wrote.

pub mod documents;
pub mod fingerprint;
pub mod generations;
pub mod jsonl;
pub mod reference;
pub mod sample;
pub mod split;
pub mod twins;
