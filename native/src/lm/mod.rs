//! Language models: checkpoints, architectures, engines, and the long work that is done with them.
//! Nothing here knows of mixtures or estimates.

pub mod checkpoint;
pub mod config;
pub mod blueprint;
pub mod architecture;
pub mod rotary;
pub mod weight_reader;
pub mod engine;
pub mod cpu;
pub mod sampling;
pub mod generate;
pub mod score;
pub mod prompts;
pub mod journal;
pub mod scores;
pub mod description;
pub mod run_lock;
pub mod rate;
pub mod endpoint;
#[cfg(test)]
pub(crate) mod fixture;
mod json_file;
