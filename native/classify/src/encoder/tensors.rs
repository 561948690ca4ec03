//! Tensors on a device, and the few maps of them that the encoder is made of, with their derivatives.

use burn_dispatch::Dispatch;
use burn_tensor::{Int, Tensor, TensorData};

pub(super) use data_anatomy_lm::tensor_engine::Device;

/// A tensor of floats.
pub(super) type Floats<const D: usize> = Tensor<Dispatch, D>;
/// A tensor of whole numbers.
pub(super) type Integers<const D: usize> = Tensor<Dispatch, D, Int>;

/// A tensor of these values, row-major.
pub(super) fn floats<const D: usize>(
    values: Vec<f32>,
    shape: [usize; D],
    device: &Device,
) -> Floats<D> {
    Floats::from_data(TensorData::new(values, shape), device)
}

/// A list of whole numbers.
pub(super) fn integers(values: Vec<i32>, device: &Device) -> Integers<1> {
    let n = values.len();
    Integers::from_data(TensorData::new(values, [n]), device)
}

/// The values of a tensor, row-major.
///
/// # Errors
/// If the device fails.
pub(super) fn values<const D: usize>(tensor: Floats<D>) -> anyhow::Result<Vec<f32>> {
    let data = tensor.try_into_data().map_err(|error| anyhow::anyhow!("{error:?}"))?;
    data.into_vec::<f32>().map_err(|error| anyhow::anyhow!("{error:?}"))
}

/// `x · W + b`.
///
/// # Shapes
/// `x`: `[n_rows, n_in]`; `weight`: `[n_in, n_out]`; `bias`: `[1, n_out]`; result: `[n_rows, n_out]`.
pub(super) fn linear(x: Floats<2>, weight: &Floats<2>, bias: &Floats<2>) -> Floats<2> {
    x.matmul(weight.clone()) + bias.clone()
}

/// The derivatives of a loss by input, weight and bias of [`linear`].
pub(super) struct LinearGradients {
    pub(super) x: Floats<2>,
    pub(super) weight: Floats<2>,
    pub(super) bias: Floats<2>,
}

/// The derivatives by what went into [`linear`], from that by what came out of it.
pub(super) fn linear_backward(
    x: Floats<2>,
    weight: &Floats<2>,
    gradient: Floats<2>,
) -> LinearGradients {
    LinearGradients {
        weight: x.transpose().matmul(gradient.clone()),
        bias: gradient.clone().sum_dim(0),
        x: gradient.matmul(weight.clone().transpose()),
    }
}

/// What the derivative of a layer norm needs.
#[derive(Debug)]
pub(super) struct NormTrace {
    /// Rows of mean 0 and variance 1, `[n_rows, n]`.
    normed: Floats<2>,
    /// One over each row's deviation, `[n_rows, 1]`.
    inverse_deviation: Floats<2>,
}

/// The layer norm of each row, `[n_rows, n]` (Ba et al. 2016, eq. 4).
pub(super) fn layer_norm(
    x: Floats<2>,
    weight: &Floats<2>,
    bias: &Floats<2>,
    epsilon: f64,
) -> (Floats<2>, NormTrace) {
    let mean = x.clone().mean_dim(1);
    let centred = x - mean;
    let variance = centred.clone().square().mean_dim(1);
    let inverse_deviation = (variance + epsilon).sqrt().recip();
    let normed = centred * inverse_deviation.clone();
    let y = normed.clone() * weight.clone() + bias.clone();
    (y, NormTrace { normed, inverse_deviation })
}

/// The derivatives by input, factors and terms of [`layer_norm`], from that by its output.
pub(super) fn layer_norm_backward(
    trace: NormTrace,
    weight: &Floats<2>,
    gradient: Floats<2>,
) -> LinearGradients {
    let NormTrace { normed, inverse_deviation } = trace;
    let bias = gradient.clone().sum_dim(0);
    let weight_gradient = (gradient.clone() * normed.clone()).sum_dim(0);
    let by_normed = gradient * weight.clone();
    let mean = by_normed.clone().mean_dim(1);
    let along = (by_normed.clone() * normed.clone()).mean_dim(1);
    let x = (by_normed - mean - normed * along) * inverse_deviation;
    LinearGradients { x, weight: weight_gradient, bias }
}
