//! NVIDIA GPUs.

use anyhow::Context as _;
use cudarc::driver::CudaContext;
use data_anatomy_job::failure::guarded;

use super::adapter::{Adapter, Kind, Memory};
use super::back_end::BackEnd;

/// The driver's library, as the system names it.
const DRIVER: &str = if cfg!(windows) { "nvcuda.dll" } else { "libcuda.so.1" };

/// The GPUs that NVIDIA's driver names.
pub(super) fn adapters() -> Result<Vec<Adapter>, String> {
    // Opening the driver's library panics where there is none.
    let n_devices = guarded("driver", || Ok(CudaContext::device_count()));
    let n_devices = match n_devices {
        Err(_) => return Err(format!("no NVIDIA driver: {DRIVER} cannot be opened")),
        Ok(Err(error)) => return Err(format!("the NVIDIA driver does not start: {error}")),
        Ok(Ok(n_devices)) => usize::try_from(n_devices).unwrap_or(0),
    };
    if n_devices == 0 {
        return Err("the NVIDIA driver finds no GPU".to_owned());
    }
    // Kernels are compiled at run time, by a library that does not come with the driver.
    guarded("nvrtc", || Ok(cudarc::nvrtc::compile_ptx("")))
        .map_err(|_| "NVIDIA's run-time compiler is missing: libnvrtc.so cannot be opened; install the CUDA toolkit".to_owned())?
        .map_err(|error| format!("NVIDIA's run-time compiler does not work: {error}"))?;
    (0..n_devices).map(|index| adapter(index).map_err(|error| format!("{error:#}"))).collect()
}

fn adapter(index: usize) -> anyhow::Result<Adapter> {
    let context = CudaContext::new(index).with_context(|| format!("GPU {index}"))?;
    let (major, _) = context.compute_capability()?;
    let (free, total) = context.mem_get_info()?;
    let mut types = vec!["f32", "f16"];
    // Tensor cores multiply bf16 since the eighth generation.
    if major >= 8 {
        types.push("bf16");
    }
    types.push("int8");
    Ok(Adapter {
        back_end: BackEnd::Cuda,
        index,
        name: context.name()?,
        kind: Kind::DiscreteGpu,
        index_of_kind: index,
        memory: Some(Memory { total_bytes: total as u64, free_bytes: free as u64 }),
        types,
    })
}
