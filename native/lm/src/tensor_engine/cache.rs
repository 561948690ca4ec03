//! Keys and values of all slots, on the devices of their layers.

use burn_tensor::{DType, IndexingUpdateOp};

use super::burn_device::Device;
use super::tensors::{Floats, Integers};

/// Positions by which caches grow, so that their shape changes rarely.
const STEP: usize = 128;

/// Keys and values of one layer, `[n_slots, n_kv_heads, n_allocated, head_dim]` each.
///
/// What lies behind the tokens of a slot is left from others, or zero, and never seen.
#[derive(Debug)]
pub(super) struct LayerCache {
    /// Taken out while it is written to: only what has one owner is changed in place.
    tensors: Option<[Floats<4>; 2]>,
    shape: [usize; 4],
}

impl LayerCache {
    pub(super) fn new(n_slots: usize, n_kv_heads: usize, head_dim: usize) -> Self {
        Self { tensors: None, shape: [n_slots, n_kv_heads, 0, head_dim] }
    }

    /// Makes room for `end` positions in each slot.
    pub(super) fn grow(&mut self, end: usize, dtype: DType, device: &Device) {
        let [n_slots, n_kv_heads, n_allocated, head_dim] = self.shape;
        if end <= n_allocated {
            return;
        }
        let n_more = end.next_multiple_of(STEP) - n_allocated;
        let more = || Floats::zeros([n_slots, n_kv_heads, n_more, head_dim], (device, dtype));
        self.tensors = Some(match self.tensors.take() {
            None => [more(), more()],
            Some(tensors) => tensors.map(|tensor| Floats::cat(vec![tensor, more()], 2)),
        });
        self.shape[2] += n_more;
    }

    /// Puts keys and values, `[n, head_dim]`, at `places`, `[n, 3]`: slot, head and position.
    pub(super) fn write(&mut self, places: &Integers<2>, keys_and_values: [Floats<2>; 2]) {
        let Some([keys, values]) = self.tensors.take() else { return };
        let [new_keys, new_values] = keys_and_values;
        let write = |tensor: Floats<4>, new: Floats<2>| {
            tensor.scatter_nd(places.clone(), new, IndexingUpdateOp::Assign)
        };
        self.tensors = Some([write(keys, new_keys), write(values, new_values)]);
    }

    /// Keys and values of these slots; of all where none are named.
    pub(super) fn read(&self, slots: Option<&Integers<1>>) -> Option<[Floats<4>; 2]> {
        let tensors = self.tensors.clone()?;
        Some(match slots {
            None => tensors,
            Some(slots) => tensors.map(|tensor| tensor.select(0, slots.clone())),
        })
    }

    /// Number of positions for which there is room.
    pub(super) fn n_allocated(&self) -> usize {
        self.shape[2]
    }
}
