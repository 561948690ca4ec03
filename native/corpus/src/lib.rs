//! Texts read from files: reference documents by category, and texts that a model wrote; and what tells
//! documents apart, equal ones and similar ones.

pub mod digest;
pub mod documents;
pub mod fingerprint;
pub mod generations;
pub mod jsonl;
pub mod neighbours;
pub mod reference;
pub mod sample;
pub mod split;
pub(crate) mod swar;
pub mod twins;
mod words;
