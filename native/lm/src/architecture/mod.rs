//! One file per family of models: its `config.json` and the names of its weights, as a
//! [`Blueprint`](crate::blueprint::Blueprint).
//!
//! `known.rs` lists the families. Most of them share names of weights and sizes, and are written over
//! `usual_names.rs` and `usual_sizes.rs`; the others say all by themselves. A setting that no blueprint can
//! express is refused, never ignored.

mod gpt2;
mod gpt_bigcode;
mod gpt_neo;
mod gpt_neox;
mod llama;
mod olmo;
mod olmo_original;
mod starcoder2;

mod known;

mod epsilon;
mod parts;
mod scale;
mod usual_names;
mod usual_sizes;
mod windows;

pub use known::blueprint;
