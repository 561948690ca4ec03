//! The engine for GPUs: a model as tensors of burn, on one device or with its layers over several.
//!
//! Matrices and what they are multiplied with are 32-bit floats, or 16-bit ones; the residual stream,
//! norms, softmax and the statistics of the vocabulary are 32-bit floats always. Sequences are padded at
//! their ends to a few lengths, so that kernels are compiled and tuned for few shapes. What comes back for
//! a sequence depends on the others in its batch by rounding alone: less than 1e-5 in 32 bits.
//!
//! [`device()`] finds burn's name for an adapter, a [`TensorEngine`] loads a checkpoint onto one or several.

mod attention;
mod batch;
mod burn_device;
mod cache;
mod engine;
mod forward;
mod linear;
mod norm;
mod placement;
mod rotary;
mod slot;
mod tensors;
mod vocabulary;
mod weights;

pub use burn_device::{Device, device};
pub use engine::TensorEngine;
