//! An account of a run: what was run, for a reader who was not there, and a paragraph for the methods section of a paper.
//!
//! A [`run_account`] is made of a summary's [`Provenance`](crate::files::run::Provenance), of whatever age and writer it is:
//! `told` reads that, `documents` counts it, `facts` put it one to a line, `methods` into sentences with their
//! [`references`]. What a file does not say is said to be missing.
//!
//! Imports [`shares`](crate::shares), [`messages`](crate::messages), [`files`](crate::files), [`show`](crate::show),
//! [`label_shift`](crate::label_shift), [`membership`](crate::membership), whose names of methods it knows.

mod documents;
pub mod fact;
mod facts;
mod methods;
pub mod references;
pub mod run_account;
mod told;

#[cfg(test)]
mod tests;
