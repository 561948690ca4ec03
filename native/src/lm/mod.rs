//! Language models: checkpoints, architectures, engines. Nothing here knows of estimation.

pub mod architecture;
pub mod blueprint;
pub mod checkpoint;
pub mod config;
pub mod cpu;
pub mod device;
pub mod engine;
mod failure;
mod json_file;
pub mod memory;
pub mod rotary;
#[cfg(feature = "burn")]
pub mod tensor_engine;
#[cfg(test)]
pub(crate) mod test_support;
pub mod weight_reader;
