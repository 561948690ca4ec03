//! The classifier `embedding`: the mean state of a frozen encoder's tokens, and a logistic regression on
//! it. Nothing of the encoder is trained, so that a processor is enough.
//!
//! `features` are the embeddings as a matrix, which `logistic` fits; `linear` is what comes
//! of it and `trained` the whole, saved as encoders are.

mod features;
mod linear;
#[cfg(test)]
mod tests;
mod trained;

pub use trained::{DEFAULT_MODEL, EmbeddingClassifier, NAME, Options, load};
