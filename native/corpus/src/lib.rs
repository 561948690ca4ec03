//! Texts read from files: reference documents by category, and texts that a model wrote.
//!
//! Files are folders of `CATEGORY.jsonl` or single `.jsonl`, one `{"text": …}` per line; a large corpus may
//! be anything that [`sample`] reads. The data goes one way:
//!
//! ```text
//! a large corpus ─ sample ─▶ CATEGORY.jsonl ─┬─ reference ─▶ documents ─ twins ─▶ groups ─ split ─▶ train, measure
//!                                            └─ documents ─▶ one after the other
//! texts of a model ─ generations ─▶ texts
//! ```
//!
//! [`sample`] draws documents of each category, uniformly and without duplicates; its [`run`](sample::run)
//! shows how. [`mod@reference`] reads them all at once, [`documents`] one after the other, and [`generations`]
//! the texts of a model, all by [`jsonl`]. [`twins`] puts documents together that are nearly the same, and
//! [`split`] says which of them train a classifier and which measure it, keeping twins on one side.
//! [`fingerprint`] says when two documents are the same, [`digest`] and [`neighbours`] when they are similar.
//!
//! ```
//! use data_anatomy_corpus::{split::Grouped, twins};
//!
//! # fn main() -> anyhow::Result<()> {
//! let texts = [
//!     "the quick brown fox jumps over the lazy dog",
//!     "The quick brown fox jumps over the lazy dog",
//!     "a walk along the sea on a long grey morning",
//!     "nobody came to the old house for many years",
//!     "she learnt to sail before she learnt to write",
//!     "they sold the boat and bought a piano instead",
//! ];
//! let groups = twins::groups(&texts, 0.8)?;
//! assert_eq!(groups, [0, 0, 2, 3, 4, 5], "a group bears the number of its first document");
//!
//! let names = ["prose".to_owned()];
//! let grouped = Grouped { classes: &[0; 6], groups: &groups, names: &names };
//! let split = grouped.stratified(0.5, 1)?;
//! assert_eq!(split.train.contains(&0), split.train.contains(&1), "twins stay together");
//! # Ok(())
//! # }
//! ```
//!
//! What it does not know: what a category means, what a classifier is, and who wrote a text. Whatever is
//! wrong with a file is told with its path and line; nothing is mended.

pub mod digest;
pub mod documents;
pub mod fingerprint;
pub mod generations;
pub mod jsonl;
pub mod neighbours;
pub mod reference;
pub mod sample;
pub mod split;
pub(crate) mod swar;
pub mod text_lengths;
pub mod twins;
mod words;
