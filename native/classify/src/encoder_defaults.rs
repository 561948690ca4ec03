//! Settings of encoders where none are given. They stand here since the command line names them whether or not
//! encoders are built in.

/// How much weights shrink, in units of the learning rate.
pub const WEIGHT_DECAY: f64 = 0.01;

/// The share of the steps over which the learning rate rises.
pub const WARMUP_RATIO: f64 = 0.1;

/// A document's first tokens that are looked at.
pub const MAX_LENGTH: usize = 256;

/// Width of a fresh encoder's states; with the others, a size that a processor trains in minutes.
pub const HIDDEN_SIZE: usize = 128;

/// Layers of a fresh encoder.
pub const N_LAYERS: usize = 2;

/// Most tokens that a fresh tokenizer learns.
pub const VOCABULARY_SIZE: usize = 8000;
