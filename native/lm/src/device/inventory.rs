//! The devices of this machine, as far as this program was built to see them.

use std::fmt;

use serde::Serialize;

#[cfg(feature = "cuda")]
use super::cuda;
use super::host;
#[cfg(feature = "rocm")]
use super::rocm;
#[cfg(feature = "wgpu")]
use super::wgpu;

/// By what a device is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BackEnd {
    /// The processor, by kernels of our own.
    Cpu,
    /// NVIDIA's driver.
    Cuda,
    /// AMD's driver.
    Rocm,
    /// Vulkan, Metal or Direct3D.
    Wgpu,
}

/// What sort of device it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A GPU with memory of its own.
    DiscreteGpu,
    /// A GPU that shares the processor's memory.
    IntegratedGpu,
    /// A share of a GPU of the machine's host.
    VirtualGpu,
    /// Something that does not say what it is.
    Unknown,
    /// A GPU imitated by the processor: right numbers, slowly.
    SoftwareRasteriser,
    /// The processor.
    Processor,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Adapter {
    /// By what it is reached.
    pub back_end: BackEnd,
    /// Its number among those of the back end.
    pub index: usize,
    /// What its maker calls it.
    pub name: String,
    /// What sort it is.
    pub kind: Kind,
    /// Its number among those of its sort.
    #[serde(skip)]
    pub index_of_kind: usize,
    /// Its memory, where it can be known.
    pub memory: Option<Memory>,
    /// The types of numbers in which weights can be held.
    pub types: Vec<&'static str>,
}

/// Bytes of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// All of it.
    pub total_bytes: u64,
    /// What nobody uses now.
    pub free_bytes: u64,
}

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

impl BackEnd {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Cpu, Self::Cuda, Self::Rocm, Self::Wgpu];
    /// Those of GPUs.
    pub const GPUS: [Self; 3] = [Self::Cuda, Self::Rocm, Self::Wgpu];

    /// Its name as it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Rocm => "rocm",
            Self::Wgpu => "wgpu",
        }
    }

    /// Whether this program was built with it.
    pub fn is_compiled_in(self) -> bool {
        match self {
            Self::Cpu => true,
            Self::Cuda => cfg!(feature = "cuda"),
            Self::Rocm => cfg!(feature = "rocm"),
            Self::Wgpu => cfg!(feature = "wgpu"),
        }
    }

    /// Its devices, or why it has none.
    fn adapters(self) -> Result<Vec<Adapter>, String> {
        match self {
            Self::Cpu => Ok(vec![host::processor()]),
            #[cfg(feature = "cuda")]
            Self::Cuda => cuda::adapters(),
            #[cfg(feature = "rocm")]
            Self::Rocm => rocm::adapters(),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => wgpu::adapters(),
            #[cfg(not(all(feature = "cuda", feature = "rocm", feature = "wgpu")))]
            absent => Err(format!(
                "this program was built without {0}: `cargo install --path native --features {0}` builds it in",
                absent.name()
            )),
        }
    }
}

impl Inventory {
    /// The devices of these back ends.
    pub fn of(back_ends: &[BackEnd]) -> Self {
        let mut inventory = Self::default();
        let mut sorted = back_ends.to_vec();
        sorted.sort();
        sorted.dedup();
        for back_end in sorted {
            match back_end.adapters() {
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

impl Adapter {
    /// How it is named on the command line.
    pub fn device(&self) -> String {
        match self.back_end {
            BackEnd::Cpu => "cpu".to_owned(),
            back_end => format!("{}:{}", back_end.name(), self.index),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::DiscreteGpu => "discrete GPU",
            Self::IntegratedGpu => "integrated GPU",
            Self::VirtualGpu => "virtual GPU",
            Self::Unknown => "unknown",
            Self::SoftwareRasteriser => "software",
            Self::Processor => "processor",
        })
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.back_end.name(), self.reason)
    }
}
