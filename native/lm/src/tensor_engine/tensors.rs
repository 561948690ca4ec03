//! Tensors of every back end.

use burn_dispatch::Dispatch;
use burn_tensor::{Int, Tensor, TensorData};

use super::burn_device::Device;

/// A tensor of floats on a device of burn.
pub(super) type Floats<const D: usize> = Tensor<Dispatch, D>;

/// A tensor of whole numbers on a device of burn.
pub(super) type Integers<const D: usize> = Tensor<Dispatch, D, Int>;

/// A list of numbers on a device.
pub(super) fn numbers(values: Vec<i32>, device: &Device) -> Integers<1> {
    let n = values.len();
    Integers::from_data(TensorData::new(values, [n]), device)
}
