//! The devices of this machine, as far as this program was built to see them.

use std::fmt;

use serde::Serialize;

use super::adapter::Adapter;
use super::back_end::BackEnd;
#[cfg(feature = "cuda")]
use super::cuda;
use super::host;
#[cfg(feature = "rocm")]
use super::rocm;
#[cfg(feature = "wgpu")]
use super::wgpu;

/// A back end that has no device here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Which.
    pub back_end: BackEnd,
    /// Why, and what to do.
    pub reason: String,
}

/// The devices that were found, and the back ends that have none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inventory {
    /// By back end, best first.
    pub adapters: Vec<Adapter>,
    /// Why others have none.
    pub missing: Vec<Missing>,
}

impl Inventory {
    /// The devices of these back ends.
    pub fn of(back_ends: &[BackEnd]) -> Self {
        let mut inventory = Self::default();
        let mut sorted = back_ends.to_vec();
        sorted.sort();
        sorted.dedup();
        for back_end in sorted {
            match adapters(back_end) {
                Ok(adapters) => inventory.adapters.extend(adapters),
                Err(reason) => inventory.missing.push(Missing { back_end, reason }),
            }
        }
        inventory
    }

    /// The devices of one back end, best first.
    pub fn of_back_end(&self, back_end: BackEnd) -> impl Iterator<Item = &Adapter> {
        self.adapters.iter().filter(move |adapter| adapter.back_end == back_end)
    }
}

/// The devices of a back end, or why it has none.
fn adapters(back_end: BackEnd) -> Result<Vec<Adapter>, String> {
    match back_end {
        BackEnd::Cpu => Ok(vec![host::processor()]),
        #[cfg(feature = "cuda")]
        BackEnd::Cuda => cuda::adapters(),
        #[cfg(feature = "rocm")]
        BackEnd::Rocm => rocm::adapters(),
        #[cfg(feature = "wgpu")]
        BackEnd::Wgpu => wgpu::adapters(),
        #[cfg(not(all(feature = "cuda", feature = "rocm", feature = "wgpu")))]
        absent => Err(format!(
            "this program was built without {0}: `cargo install --path native --features {0}` builds it in",
            absent.name()
        )),
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.back_end.name(), self.reason)
    }
}
