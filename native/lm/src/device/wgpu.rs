//! GPUs by Vulkan, Metal or Direct3D.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use burn_wgpu::graphics::{AutoGraphicsApi, GraphicsApi as _};
use wgpu::{Backends, DeviceType, Features, Instance, InstanceDescriptor};

use super::adapter::{Adapter, Kind};
use super::back_end::BackEnd;
use super::host;

/// Parts of the names of GPUs that processors imitate.
const SOFTWARE: [&str; 5] = ["llvmpipe", "lavapipe", "SwiftShader", "Basic Render", "WARP"];

/// The adapters of the graphics interface that models are computed by, best first.
pub(super) fn adapters() -> Result<Vec<Adapter>, String> {
    let api = AutoGraphicsApi::backend();
    let backends = Backends::from(api);
    let instance = Instance::new(InstanceDescriptor {
        backends,
        ..InstanceDescriptor::new_without_display_handle()
    });
    let found = ready(instance.enumerate_adapters(backends)).unwrap_or_default();
    if found.is_empty() {
        return Err(format!("no {api:?} driver was found"));
    }
    let mut adapters: Vec<Adapter> = Vec::new();
    for adapter in &found {
        let info = adapter.get_info();
        let kind = kind(info.device_type, &info.name);
        let index_of_kind = adapters.iter().filter(|other| other.kind == kind).count();
        // The library below reaches the first imitation only.
        if kind == Kind::SoftwareRasteriser && index_of_kind > 0 {
            continue;
        }
        let mut types = vec!["f32", "int8"];
        if adapter.features().contains(Features::SHADER_F16) {
            types.insert(1, "f16");
        }
        let shares_memory = matches!(kind, Kind::SoftwareRasteriser | Kind::IntegratedGpu);
        adapters.push(Adapter {
            back_end: BackEnd::Wgpu,
            index: 0,
            name: format!("{} ({api:?})", info.name),
            kind,
            index_of_kind,
            memory: shares_memory.then(host::memory).flatten(),
            types,
        });
    }
    adapters.sort_by_key(|adapter| adapter.kind);
    for (index, adapter) in adapters.iter_mut().enumerate() {
        adapter.index = index;
    }
    Ok(adapters)
}

fn kind(device_type: DeviceType, name: &str) -> Kind {
    if SOFTWARE.iter().any(|software| name.contains(software)) {
        return Kind::SoftwareRasteriser;
    }
    match device_type {
        DeviceType::DiscreteGpu => Kind::DiscreteGpu,
        DeviceType::IntegratedGpu => Kind::IntegratedGpu,
        DeviceType::VirtualGpu => Kind::VirtualGpu,
        DeviceType::Cpu => Kind::SoftwareRasteriser,
        DeviceType::Other => Kind::Unknown,
    }
}

/// The result of a future that never waits, as those of wgpu outside browsers.
fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}
