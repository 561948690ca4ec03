//! Language models: checkpoints, architectures, engines. Nothing here knows of estimation.

pub mod architecture;
pub mod blueprint;
pub mod checkpoint;
pub mod config;
pub mod cpu;
pub mod engine;
mod json_file;
pub mod rotary;
#[cfg(feature = "burn")]
pub mod tensor_engine;
pub mod weight_reader;
