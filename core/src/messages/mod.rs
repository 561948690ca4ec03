//! What a reader is told: what is wrong with an input, and what is doubtful about a result.
//!
//! An [`input_error`] names the file, the place, what was found and what to do, worded once for program
//! and page; a [`diagnostic`] is a doubt as data, a [`check`] a test that may raise one. What strangers wrote is made fit to be shown by
//! [`printable`].
//!
//! Imports [`shares`](crate::shares), whose faults it words.

pub mod check;
pub mod diagnostic;
pub mod input_error;
pub(crate) mod parser_message;
pub mod printable;
pub mod verdict;
