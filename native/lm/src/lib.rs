//! Language models: checkpoints, architectures, engines, and the long work that is done with them.
//! Nothing here knows of mixtures or estimates.

pub mod architecture;
pub mod author;
pub mod author_choice;
pub mod blueprint;
pub mod checkpoint;
pub mod config;
pub mod cpu;
pub mod description;
pub mod device;
pub mod endpoint;
pub mod engine;
#[cfg(test)]
pub(crate) mod fixture;
pub mod generate;
pub mod hub;
pub mod journal;
pub mod json_file;
pub mod memory;
pub mod model;
pub mod peak;
pub mod prompts;
pub mod rate;
pub mod rotary;
pub mod run_lock;
pub mod sampling;
pub mod score;
pub mod scores;
#[cfg(feature = "burn")]
pub mod tensor_engine;
pub mod tokenizer;
pub mod weight_reader;
