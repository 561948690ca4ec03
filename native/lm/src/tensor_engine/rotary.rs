//! Rotary embeddings on a device.

use burn_tensor::DType;

use super::burn_device::Device;
use super::linear;
use super::tensors::{Floats, Integers};
use crate::rotary::Rotary;

/// Positions by which a table grows, so that its shape changes rarely.
const STEP: usize = 1024;

/// Cosines and sines of a rotary embedding, grown as positions are met.
#[derive(Debug)]
pub(super) struct RotaryTable {
    rotary: Rotary,
    /// Cosines and sines, `[n_positions, n_frequencies]` each.
    tables: Option<[Floats<2>; 2]>,
}

/// Cosines and sines of the tokens of a batch, `[n_rows, length, 1, n_frequencies]` each.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    cosines: Floats<4>,
    sines: Floats<4>,
}

impl RotaryTable {
    pub(super) fn new(rotary: Rotary) -> Self {
        Self { rotary, tables: None }
    }

    /// What turns tokens at these `positions`, all below `end`, in rows of `length` tokens.
    pub(super) fn turn(&mut self, positions: &Integers<1>, end: usize, length: usize) -> Turn {
        let n_frequencies = self.rotary.frequencies.len();
        let n_rows = positions.dims()[0] / length;
        let [cosines, sines] = self.tables(end, &positions.device()).map(|table| {
            let picked = table.select(0, positions.clone());
            picked.reshape([n_rows, length, 1, n_frequencies])
        });
        Turn { cosines, sines }
    }

    fn tables(&mut self, end: usize, device: &Device) -> [Floats<2>; 2] {
        if let Some(tables) = &self.tables
            && tables[0].dims()[0] >= end
        {
            return tables.clone();
        }
        let n_frequencies = self.rotary.frequencies.len();
        let tables = self.rotary.tables(end.next_multiple_of(STEP));
        let tables = tables.map(|table| linear::matrix(table, n_frequencies, DType::F32, device));
        self.tables.insert(tables).clone()
    }
}

impl Turn {
    /// The heads `x`, `[n_rows, length, n_heads, head_dim]`, turned, in their own type.
    pub(super) fn apply(&self, x: Floats<4>) -> Floats<4> {
        let [.., n_frequencies] = self.cosines.dims();
        let [.., head_dim] = x.dims();
        let dtype = x.dtype();
        let part = |range| x.clone().slice_dim(3, range).cast(DType::F32);
        let low = part(0..n_frequencies);
        let high = part(n_frequencies..2 * n_frequencies);
        let turned_low = low.clone() * self.cosines.clone() - high.clone() * self.sines.clone();
        let turned_high = high * self.cosines.clone() + low * self.sines.clone();
        let mut parts = vec![turned_low.cast(dtype), turned_high.cast(dtype)];
        if 2 * n_frequencies < head_dim {
            parts.push(x.slice_dim(3, 2 * n_frequencies..head_dim));
        }
        Floats::cat(parts, 3)
    }
}
