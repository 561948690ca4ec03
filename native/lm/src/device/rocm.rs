//! AMD GPUs.

use burn_rocm::Rocm;
use burn_tensor::backend::Backend as _;
use data_anatomy_job::failure::guarded;

use super::adapter::{Adapter, Kind};
use super::back_end::BackEnd;

/// The GPUs that AMD's driver names; of their memory and names it is not asked.
pub(super) fn adapters() -> Result<Vec<Adapter>, String> {
    let n_devices = guarded("driver", || Ok(<Rocm>::device_count(0)))
        .map_err(|error| format!("no AMD driver: {error:#}"))?;
    if n_devices == 0 {
        return Err("the AMD driver finds no GPU".to_owned());
    }
    let adapter = |index| Adapter {
        back_end: BackEnd::Rocm,
        index,
        name: format!("AMD GPU {index}"),
        kind: Kind::DiscreteGpu,
        index_of_kind: index,
        memory: None,
        types: vec!["f32", "f16", "bf16", "int8"],
    };
    Ok((0..n_devices).map(adapter).collect())
}
