//! The ways to reach a device.

use serde::Serialize;

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
}
