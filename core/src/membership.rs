//! Was this document in the training data, and which share of a category was: scores of documents,
//! how good they are, and shares that are calibrated or refused.
//!
//! 1. [`attack`], [`evidence`], [`scorer`]: one number per document from what a model says of its
//!    tokens. A higher score always means more likely a member.
//! 2. [`token_frequencies`]: what DC-PDD compares the model's probabilities with.

pub mod attack;
pub mod auroc;
pub mod dip;
pub mod evidence;
pub mod gaussian_mixture;
pub mod planted;
pub mod roc;
pub mod scorer;
pub mod share;
pub mod token_frequencies;
