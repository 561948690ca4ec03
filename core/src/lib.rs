//! Every number of data-anatomy: what the program and the page both compute, and in the same bits.
//!
//! It does not read files, look at a clock, start threads, or draw from a source of chance that is not
//! named: bytes and seeds come in, values and text go out. Clippy forbids the rest, and every floating-point
//! function but those of [`numeric::math`], which are libm's.
//!
//! Its rooms, and what each may import, as a test holds them to it:
//!
//! ```text
//!                      page
//!                    ↙      ↘
//!            evaluate        label_shift     membership
//!                  ↘          ↙     ↘        ↙
//!                   files            show
//!                        ↘         ↙
//!                         messages
//!                            ↓
//!                         shares
//!                            ↓
//!                         numeric
//! ```
//!
//! Read them from below: [`numeric`] counts, [`shares`] are of a whole, [`messages`] say what is wrong or
//! doubtful, [`files`] come in, and what is to be seen goes out by [`show`]. Three rooms hold the methods:
//! [`label_shift`] estimates a mixture from a classifier's verdicts on a model's texts, [`membership`] the share
//! of each category that a model was trained on, and [`evaluate`] scores either against a published mixture.
//! [`page`] is all of it together, for somebody who has files open.
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

pub mod label_shift;

pub mod membership;

pub mod evaluate;

pub mod page;

#[cfg(test)]
mod tests;
