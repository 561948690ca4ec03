//! How much goes through a model at a time, on which device.

use burn_flex::FlexDevice;
use data_anatomy_lm::device::{BackEnd, DeviceChoice};
use data_anatomy_lm::tensor_engine;

use super::tensors::Device;

/// Tokens, padding included, of a group of documents on the processor: what is kept of it for the way
/// back then stays below a few GiB for each thread, for the largest encoders.
const TOKENS_ON_CPU: usize = 2048;
/// The same on a GPU, which is faster with more.
const TOKENS_ON_GPU: usize = 1 << 14;

/// How much goes through a model at a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    /// Tokens of a group of documents, padding included.
    pub(super) max_tokens: usize,
    /// Groups that are computed side by side.
    pub(super) n_at_once: usize,
}

impl Work {
    /// What suits this device.
    pub(super) fn on(device: &Device) -> Self {
        if is_processor(device) {
            Self { max_tokens: TOKENS_ON_CPU, n_at_once: rayon::current_num_threads() }
        } else {
            Self { max_tokens: TOKENS_ON_GPU, n_at_once: 1 }
        }
    }
}

fn is_processor(device: &Device) -> bool {
    *device == Device::from(FlexDevice)
}

/// The device that is asked for; of several the first.
///
/// # Errors
/// If there is no such device.
pub(crate) fn device(choice: &DeviceChoice) -> anyhow::Result<Device> {
    let adapters = choice.resolve()?;
    match adapters.first() {
        Some(adapter) if adapter.back_end != BackEnd::Cpu => tensor_engine::device(adapter),
        _ => Ok(FlexDevice.into()),
    }
}
