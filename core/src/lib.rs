//! Every number of data-anatomy: what the program and the page both compute, and in the same bits.
//!
//! What was a language model trained on: how much web, code, books? Core estimates that from what a model
//! writes, and from how well it knows a text; it says how sure each share is, and scores it where the truth
//! was published.
//!
//! It does not read files, look at a clock, start threads, or draw from a source of chance that is not
//! named: bytes and seeds come in, values and text go out. Clippy forbids the rest, and every floating-point
//! function but those of [`numeric::math`], which are libm's.
//!
//! These are its rooms. A room imports from the lines below its own, never from beside it or above. Each names
//! those that it imports, and a test holds all to the arrows that `ARCHITECTURE.md` draws.
//!
//! ```text
//!                      page
//!
//!                    evaluate
//!
//!                    account
//!
//!        label_shift    openings    membership    fusion
//!
//!             files            show
//!
//!                    messages
//!
//!                     shares
//!
//!                    numeric
//! ```
//!
//! Read them from below: [`numeric`] counts, [`shares`] are of a whole, [`messages`] say what is wrong or
//! doubtful, [`files`] come in, and what is to be seen goes out by [`show`]. Three rooms hold the methods:
//! [`label_shift`] estimates a mixture from a classifier's verdicts on a model's texts, [`openings`] from what the
//! model expects at the beginning of the next document, [`membership`] the share of each category that a model
//! was trained on. [`fusion`] says what two runs of one model tell together. [`account`] tells how a run was made. [`evaluate`] scores what any of them
//! found against a published mixture. [`page`] is what somebody has open in a browser: files scored together, runs
//! estimated again.
//!
//! A run read from its summary and scored:
//!
#![doc = include_str!("example.md")]
//!
//! Matrices are named by what they map: `pred_from_true[(predicted, true)]`; in files a row is a true class.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

pub mod numeric;

pub mod shares;

pub mod messages;

pub mod files;
pub mod show;

pub mod account;
pub mod evaluate;
pub mod fusion;
pub mod label_shift;
pub mod membership;
pub mod openings;

pub mod page;

#[cfg(test)]
mod tests;
