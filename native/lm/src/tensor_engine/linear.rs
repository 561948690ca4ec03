//! Linear maps and tensors of weights on a device.

use burn_tensor::quantization::{
    BlockSize, QuantLevel, QuantMode, QuantParam, QuantScheme, QuantStore, QuantValue,
};
use burn_tensor::{DType, TensorData};
use half::{bf16, f16};

use super::burn_device::Device;
use super::tensors::Floats;
use crate::weight_reader::LinearWeights;

/// How matrices are kept and multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    /// Type of activations, and of matrices that are not quantised.
    pub(super) dtype: DType,
    /// Whether matrices are 8-bit whole numbers, with a scale per output and [`GROUP`] inputs.
    pub(super) int8: bool,
}

/// Inputs that share a scale; a matrix whose inputs do not fall into such groups is not quantised.
pub(super) const GROUP: usize = 32;

/// A linear map `x · Wᵀ + b`.
#[derive(Debug)]
pub(super) struct Linear {
    weight: Weight,
    /// `[1, n_out]`.
    bias: Option<Floats<2>>,
    dtype: DType,
}

#[derive(Debug)]
enum Weight {
    /// `[n_in, n_out]`, stored as `[n_out, n_in]`.
    Floats(Floats<2>),
    /// `[n_out, n_in]`, 8 bits each.
    Int8(Floats<2>),
}

impl Linear {
    /// The map on a device.
    pub(super) fn new(
        weights: LinearWeights,
        n_in: usize,
        format: Format,
        device: &Device,
    ) -> Self {
        let LinearWeights { weight, bias } = weights;
        let bias = bias.map(|bias| row(bias, format.dtype, device));
        let weight = if format.int8 && n_in.is_multiple_of(GROUP) {
            Weight::Int8(quantized(&weight, n_in, device))
        } else {
            Weight::Floats(matrix(weight, n_in, format.dtype, device).transpose())
        };
        Self { weight, bias, dtype: format.dtype }
    }

    /// The map of an embedding's transpose, which shares its memory.
    pub(super) fn tied(embedding: &Floats<2>, dtype: DType) -> Self {
        Self { weight: Weight::Floats(embedding.clone().transpose()), bias: None, dtype }
    }

    /// The map of each row of `x`, `[n_rows, n_in]`.
    pub(super) fn apply(&self, x: Floats<2>) -> Floats<2> {
        let x = x.cast(self.dtype);
        let y = match &self.weight {
            Weight::Floats(weight) => x.matmul(weight.clone()),
            Weight::Int8(weight) => {
                x.matmul(weight.clone().dequantize().cast(self.dtype).transpose())
            }
        };
        match &self.bias {
            Some(bias) => y + bias.clone(),
            None => y,
        }
    }
}

/// A matrix with so many columns on a device.
pub(super) fn matrix(
    values: Vec<f32>,
    n_columns: usize,
    dtype: DType,
    device: &Device,
) -> Floats<2> {
    let shape = [values.len() / n_columns, n_columns];
    let data = match dtype {
        DType::BF16 => {
            TensorData::new(values.into_iter().map(bf16::from_f32).collect::<Vec<_>>(), shape)
        }
        DType::F16 => {
            TensorData::new(values.into_iter().map(f16::from_f32).collect::<Vec<_>>(), shape)
        }
        _ => TensorData::new(values, shape),
    };
    Floats::from_data(data, (device, dtype))
}

/// A matrix of one row on a device.
pub(super) fn row(values: Vec<f32>, dtype: DType, device: &Device) -> Floats<2> {
    let n = values.len();
    matrix(values, n, dtype, device)
}

/// The matrix with these rows in 8 bits.
fn quantized(rows: &[f32], n_in: usize, device: &Device) -> Floats<2> {
    let mut values = Vec::with_capacity(rows.len());
    let mut scales = Vec::with_capacity(rows.len() / GROUP);
    for group in rows.chunks_exact(GROUP) {
        let largest = group.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        // A group of zeros has any scale.
        let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
        scales.push(scale);
        #[expect(clippy::cast_possible_truncation, reason = "within ±127")]
        values.extend(group.iter().map(|value| (value / scale).round() as i8));
    }
    let scheme = QuantScheme {
        value: QuantValue::Q8S,
        param: QuantParam::F32,
        store: QuantStore::PackedU32(0),
        level: QuantLevel::Block(BlockSize::new([32])),
        mode: QuantMode::Symmetric,
    };
    let data = TensorData::quantized(values, [rows.len() / n_in, n_in], scheme, &scales);
    Floats::from_data(data, device)
}
