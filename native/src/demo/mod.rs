//! Documents and generations of the project's own making, for the demo.
//!
//! Every text is composed from grammars, word lists and topics written for this project: nothing is
//! quoted, nothing is downloaded, and the same seed gives the same bytes on every machine. What it is
//! good for: showing the whole job, with a truth that is known, on a machine without a network. What
//! it is not good for: judging a classifier; real text is harder.
//!
//! A [`Category`] lists the shapes of its documents, and `dice` choose: a shape such as
//! `novel` or `code` writes a `draft` in a `scene` about one of the `topics`, from `words` put
//! into `english`. [`document`] does so by number, [`generations`] as a model would that was trained on
//! [`MIXTURE`].
//!
//! Some shapes of document belong to several categories ([`Category`] says which), so no classifier
//! can tell all of them apart: an untidy web page and its cleaned twin are often the same page.

mod category;
mod code;
mod dice;
mod documents;
mod draft;
mod encyclopedia;
mod english;
mod generations;
mod mixture;
mod novel;
mod paper;
mod scene;
#[cfg(test)]
mod tests;
mod thread;
mod topics;
mod web;
mod words;

pub use category::Category;
pub use documents::{document, reference};
pub use generations::{Generation, N_PROMPTS, generations};
pub use mixture::{MIXTURE, SPEC};
