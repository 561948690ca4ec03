//! Language models. Nothing here knows of estimation.

pub mod checkpoint;
pub mod hub;
mod json_file;
pub mod tokenizer;
