//! What a model can be computed on: naming it, finding it, choosing it.
//!
//! An [`Adapter`] is one device, reached by a [`BackEnd`]. The [`Inventory`] asks each back end that is compiled
//! in what it has here; a [`DeviceChoice`], as a user types it, picks from that.

mod adapter;
mod back_end;
mod choice;
mod inventory;

#[cfg(feature = "cuda")]
mod cuda;
mod host;
#[cfg(feature = "rocm")]
mod rocm;
#[cfg(feature = "wgpu")]
mod wgpu;

pub use adapter::{Adapter, Kind, Memory};
pub use back_end::BackEnd;
pub use choice::{DeviceChoice, NamedDevice};
pub use inventory::{Inventory, Missing};

#[cfg(test)]
mod tests;
