//! Language models from their published files: opened, computed, and asked for texts and for probabilities.
//!
//! A model is published as a folder: `config.json` says what it computes, weights say with which numbers, a
//! tokenizer what its tokens are. This crate reads such folders, computes them on processors and GPUs, and does
//! two kinds of work with them. It lets a model write, and it asks how probable a model finds each token of a
//! text. Both can take hours, so both can be cut off anywhere and go on from there.
//!
//! It does not know what any of that is for. Nothing here has heard of mixtures, of members, or of estimates; a
//! category is a word that is written down beside a document. What comes out are files, and others read them.
//!
//! This is the way from a name to a result:
//!
//! ```text
//!        a folder, or a name on a hub
//!                     |
//!                    hub
//!                     |
//!      +--------------+--------------+
//!    config       checkpoint     tokenizer
//!      |              |              |
//! architecture        |              |
//!      |              |              |
//!  blueprint ------ engine           |
//!                     |              |
//!                     +-------+------+
//!                             |
//!                       +-----+-----+
//!                    generate     score
//!                       |           |
//!                    journal      scores
//! ```
//!
//! [`hub`] finds the folder, and fetches it once. [`config`] reads `config.json`, and a file of [`architecture`]
//! makes of it a [`blueprint`]: all that a model computes, as data. This is the one place that knows how families
//! differ. [`checkpoint`] hands out weights, [`weight_reader`] those that the blueprint names. [`device`] says what
//! there is to compute on, [`memory`] what room that takes.
//!
//! An [`engine`] carries the blueprint out: [`cpu`] by kernels of our own, `tensor_engine` on GPUs. What is done
//! with models sees nothing else of them. [`generate`] draws texts, many at a time, by [`sampling`]; a [`journal`]
//! keeps each as it comes. [`score`] takes documents in batches, and [`scores`] keeps what the model says of their
//! tokens; [`next_token`] is what it expects after a text. An [`author`] is whoever writes: a model, or by
//! [`endpoint`] somebody else's server. Beside either kind of results lies a [`description`], by which a run knows
//! its own when it is taken up again.
//!
//! Read [`model`] first, which puts all that together, then [`engine`] and [`blueprint`], the two seams. How well a
//! small model knows two sentences:
//!
//! ```no_run
//! use data_anatomy_job::progress::Progress;
//! use data_anatomy_lm::cpu::Precision;
//! use data_anatomy_lm::device::DeviceChoice;
//! use data_anatomy_lm::memory::Work;
//! use data_anatomy_lm::model::{Model, ModelChoice};
//! use data_anatomy_lm::score::score;
//!
//! # fn main() -> anyhow::Result<()> {
//! let progress = Progress::new(false);
//! let choice = ModelChoice {
//!     model: "EleutherAI/pythia-70m".to_owned(),
//!     revision: None,
//!     device: DeviceChoice::Auto,
//!     precision: Precision::F32,
//! };
//! let model = Model::open(choice, &progress)?;
//! let documents = model.tokenizer.encode_batch(&["To be or not to be.", "Be to not or be to."])?;
//!
//! let (longest, batch_tokens) = (model.blueprint.context, 4096);
//! let mut engine = model.load(Work::Score { batch_tokens, longest }, &progress)?;
//! score(engine.as_mut(), &documents, longest, batch_tokens, |document, tokens, statistics| {
//!     let nats: f32 = statistics.log_prob.iter().sum();
//!     println!("sentence {document}: {} tokens, log-probability {nats:.1}", tokens.len());
//!     Ok(())
//! })
//! # }
//! ```
//!
//! Texts are made by [`Author::write`](author::Author::write), which keeps them in a file.
//!
//! Some of this is not for language models alone: the encoders that classify texts come in such folders, too. They
//! are opened by [`hub`], [`config`], [`checkpoint`], [`json_file`] and [`tokenizer::parse`].

// What a model is, read from its files.
pub mod architecture;
pub mod blueprint;
pub mod checkpoint;
pub mod config;
pub mod hub;
pub mod json_file;
pub mod model;
pub mod next_token;
pub mod rotary;
pub mod tokenizer;
pub mod weight_reader;

// What computes it.
pub mod cpu;
pub mod device;
pub mod engine;
pub mod memory;
pub mod peak;
#[cfg(feature = "burn")]
pub mod tensor_engine;

// Texts.
pub mod author;
pub mod author_choice;
pub mod endpoint;
pub mod generate;
pub mod journal;
pub mod prompts;
pub mod sampling;

// Statistics of tokens.
pub mod score;
pub mod scores;

// What long work has in common.
pub mod description;
pub mod rate;
pub mod run_lock;

#[cfg(test)]
pub(crate) mod fixture;
