//! The classifier `distilbert`: an encoder of the BERT family, fine-tuned on the documents.
//!
//! What it computes is what `transformers` computes for `DistilBertForSequenceClassification` and
//! `BertForSequenceClassification`, and it is trained as their `Trainer` does: AdamW, a linear warm-up and
//! decay of the learning rate, gradients limited to a norm of 1.
//!
//! `architecture` reads and writes `config.json`, `places` lists the parameters, `weights` holds them
//! in main memory, `tokenizer` (with `wordpiece`) makes numbers of texts and `batch` makes batches of
//! these. `model` (with `attention`, `dropout` and `tensors`) goes from batches to logits and, with
//! derivatives written out by hand, back; `optimizer` and `training` make steps of that. `body` is
//! tokenizer and model together, and `folder` its form on disk, with a record of how it came about.
//! `trained` is the classifier: trained as `options` say, or loaded.

mod architecture;
mod attention;
mod batch;
pub(crate) mod body;
mod dropout;
pub(crate) mod folder;
mod model;
mod optimizer;
mod options;
mod places;
mod tensors;
#[cfg(test)]
mod tests;
mod tokenizer;
pub(crate) mod trained;
mod training;
mod weights;
mod wordpiece;
pub(crate) mod work;

pub use options::{DEFAULT_MODEL, Options, ScratchSize, Start};
pub use trained::{EncoderClassifier, NAME, load};
