//! Files of every dialect, from bytes to checked values.
//!
//! [`mod@text`] refuses what is no text. [`run`] reads a summary (ours or the seed study's), [`predictions`] the
//! verdicts beside it, [`spec`] a published mixture ([`bundled_specs`] are carried along, [`spec_lint`]
//! says what one lacks); how long documents are is read into
//! [`DocumentLengths`](crate::shares::document_lengths::DocumentLengths). [`record`] is what each summary says
//! of its origin, [`digest`] how files are told apart; [`joined`] carries out the merges that a user asks for.
//!
//! Imports [`numeric`](crate::numeric), [`shares`](crate::shares), [`messages`](crate::messages).

pub mod bundled_specs;
pub mod digest;
mod document_lengths;
pub mod joined;
pub(crate) mod json;
pub mod predictions;
pub mod record;
pub mod run;
pub mod spec;
pub mod spec_lint;
pub(crate) mod stored_summary;
pub mod text;
