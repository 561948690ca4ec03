//! Named categories and shares of a whole, which cannot be built wrong.
//!
//! A [`taxonomy`] is a list of names, a [`mixture`] a share for each, at least 0 and summing to 1.
//! [`merge`] counts categories together where somebody asks for it, [`well_known`] is the one table of
//! names that mean the same. Shares count documents or tokens ([`mod@unit`]); [`document_lengths`] turn the
//! one into the other.
//!
//! Imports [`numeric`](crate::numeric).

pub mod document_lengths;
pub mod look_alike;
pub mod merge;
pub mod mixture;
pub mod taxonomy;
pub mod unit;
pub mod well_known;
