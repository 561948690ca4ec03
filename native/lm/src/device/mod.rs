//! What a model can be computed on: naming it, finding it, choosing it.

mod choice;
mod inventory;

#[cfg(feature = "cuda")]
mod cuda;
mod host;
#[cfg(feature = "rocm")]
mod rocm;
#[cfg(feature = "wgpu")]
mod wgpu;

pub use choice::{DeviceChoice, NamedDevice};
pub use inventory::{Adapter, BackEnd, Inventory, Kind, Memory, Missing};

#[cfg(test)]
mod tests;
