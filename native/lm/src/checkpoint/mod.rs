//! The weights of a model in Hugging Face layout, read one tensor at a time.
//!
//! A file of weights is data from a stranger: its header is checked against its length before
//! anything else is believed, and nothing in it is ever executed.
//!
//! A [`Checkpoint`] is a folder in one of four layouts: weights in one file or in several that an index lists,
//! as safetensors or as PyTorch writes them. Whatever the file, a tensor comes out as a [`HostTensor`] of one of
//! three [`WeightType`]s, mapped where it can be.

mod element_type;
mod host_tensor;
mod mapped_file;
mod pytorch_file;
mod safetensors_file;
mod shard_index;
mod shown_name;
mod weight_file;
mod weight_layout;
mod weights;

pub use element_type::{ElementType, WeightType};
pub use host_tensor::HostTensor;
pub(super) use shard_index::listed_files;
pub(super) use weight_layout::WeightLayout;
pub use weights::Checkpoint;

#[cfg(test)]
mod pytorch_tests;
#[cfg(test)]
mod tests;
