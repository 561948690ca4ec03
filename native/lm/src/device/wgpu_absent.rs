//! GPUs by Vulkan, Metal or Direct3D, where this program was built without them.

use super::inventory::Adapter;

pub(super) fn adapters() -> Result<Vec<Adapter>, String> {
    Err("this program was built without it: build with `--features wgpu`".to_owned())
}
