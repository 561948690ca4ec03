//! What a decoder-only transformer computes, as data: every supported architecture is one of these.
//!
//! A file of [`architecture`](crate::architecture) turns a checkpoint's `config.json` into a [`Blueprint`]; an
//! engine carries it out. Nothing else knows how the families differ.
//!
//! A blueprint says the sizes of a model, which of the known variants it uses ([`Norm`], [`Residual`],
//! [`QueryKeyNorm`], [`Mlp`]), what is each layer's own ([`LayerPlan`]), and under which names its weights lie
//! ([`ModelSource`]).

mod mlp;
mod model;
mod norm;
mod source;

pub use mlp::{Activation, Mlp};
pub use model::{Blueprint, LayerPlan, Residual};
pub use norm::{Norm, NormKind, QueryKeyNorm};
pub use source::{LayerSource, LinearSource, ModelSource, NormSource, Rows, Source};
