//! Language models: checkpoints, architectures, engines. Nothing here knows of estimation.

pub mod architecture;
pub mod blueprint;
pub mod checkpoint;
pub mod config;
pub mod cpu;
pub mod engine;
#[cfg(test)]
pub(crate) mod fixture;
mod json_file;
pub mod rotary;
pub mod weight_reader;
