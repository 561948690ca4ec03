//! Norms over the last axis, in single precision.

use burn_tensor::DType;

use super::burn_device::Device;
use super::linear;
use super::tensors::Floats;
use crate::blueprint::{self, NormKind};
use crate::weight_reader::NormWeights;

/// A norm with its weights on a device.
#[derive(Debug)]
pub(super) struct Norm {
    norm: blueprint::Norm,
    /// `[1, n]`.
    weight: Option<Floats<2>>,
    /// `[1, n]`.
    bias: Option<Floats<2>>,
}

impl Norm {
    pub(super) fn new(norm: blueprint::Norm, weights: NormWeights, device: &Device) -> Self {
        let row = |values: Vec<f32>| linear::row(values, DType::F32, device);
        Self { norm, weight: weights.weight.map(row), bias: weights.bias.map(row) }
    }

    /// The norm of each row of `x`, `[n_rows, n]`, in single precision.
    pub(super) fn apply(&self, x: Floats<2>) -> Floats<2> {
        let x = x.cast(DType::F32);
        let centred = match self.norm.kind {
            NormKind::Layer => x.clone() - x.mean_dim(1),
            NormKind::Rms => x,
        };
        let variance = centred.clone().square().mean_dim(1);
        let mut y = centred / (variance + self.norm.epsilon).sqrt();
        if let Some(weight) = &self.weight {
            y = y * weight.clone();
        }
        if let Some(bias) = &self.bias {
            y = y + bias.clone();
        }
        y
    }
}
