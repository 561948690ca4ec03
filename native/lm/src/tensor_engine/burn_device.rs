//! The devices of burn.

use anyhow::bail;
use burn_dispatch::{Dispatch, DispatchDevice};
use burn_tensor::DType;
use burn_tensor::backend::Backend as _;

use crate::device::Adapter;

/// A device of burn, of any of the back ends that are compiled in. Encoders are computed and trained on it, too.
pub type Device = DispatchDevice;

/// The device of burn for this adapter.
///
/// # Errors
/// If it is the processor, which this engine is not for, or its back end is not compiled in.
pub fn device(adapter: &Adapter) -> anyhow::Result<Device> {
    #[cfg(any(feature = "cuda", feature = "rocm", feature = "wgpu"))]
    use crate::device::BackEnd;
    match (adapter.back_end, adapter.kind) {
        #[cfg(feature = "cuda")]
        (BackEnd::Cuda, _) => Ok(burn_cuda::CudaDevice::new(adapter.index).into()),
        #[cfg(feature = "rocm")]
        (BackEnd::Rocm, _) => Ok(burn_rocm::RocmDevice::new(adapter.index).into()),
        #[cfg(feature = "wgpu")]
        (BackEnd::Wgpu, kind) => {
            use crate::device::Kind;
            use burn_wgpu::WgpuDevice;
            let index = adapter.index_of_kind;
            Ok(Device::from(match kind {
                Kind::DiscreteGpu => WgpuDevice::DiscreteGpu(index),
                Kind::IntegratedGpu => WgpuDevice::IntegratedGpu(index),
                Kind::VirtualGpu => WgpuDevice::VirtualGpu(index),
                Kind::SoftwareRasteriser => WgpuDevice::Cpu,
                Kind::Unknown | Kind::Processor => WgpuDevice::DefaultDevice,
            }))
        }
        _ => bail!("{}: this engine does not compute there", adapter.device()),
    }
}

/// The 16-bit float that the device computes with: the one with the range of 32 bits where it can.
pub(super) fn half_type(device: &Device) -> Option<DType> {
    [DType::BF16, DType::F16].into_iter().find(|&dtype| Dispatch::supports_dtype(device, dtype))
}
