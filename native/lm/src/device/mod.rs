//! What a model can be computed on: naming it, finding it, choosing it.

mod choice;
mod inventory;

#[cfg_attr(feature = "cuda", path = "cuda.rs")]
#[cfg_attr(not(feature = "cuda"), path = "cuda_absent.rs")]
mod cuda;
mod host;
#[cfg_attr(feature = "rocm", path = "rocm.rs")]
#[cfg_attr(not(feature = "rocm"), path = "rocm_absent.rs")]
mod rocm;
#[cfg_attr(feature = "wgpu", path = "wgpu.rs")]
#[cfg_attr(not(feature = "wgpu"), path = "wgpu_absent.rs")]
mod wgpu;

pub use choice::{DeviceChoice, NamedDevice};
pub use inventory::{Adapter, BackEnd, Inventory, Kind, Memory, Missing};

#[cfg(test)]
mod tests;
