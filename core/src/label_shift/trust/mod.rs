//! Tests of what an estimate rests on: each with a p-value whose false alarms are known.
//!
//! | check | asks | p-value by |
//! |---|---|---|
//! | `fit` | do mixed validation documents explain what is decided of the texts? | parametric bootstrap |
//! | `typicality` | is the classifier as sure of the texts as of such a mixture? | the same |
//! | `agreement` | do `em` and `pacc` tell the same? | bootstrap |
//! | `prompts` | do texts of different prompts have one mixture? | permutation |
//! | `separation` | which categories can be told apart? | – |
//!
//! [`Trust`] is made of an analysis; a draw from it is what a world in which nothing is wrong would show, and
//! many draws are what each [`Check`](crate::messages::check::Check) holds the texts against.

mod agreement;
mod cells;
mod checks;
mod decision;
mod look_alike;
mod null_world;
mod prompts;

#[cfg(test)]
mod tests;

pub(crate) use checks::CODES;
pub use checks::{N_DRAWS, Trust, TrustDraw};
pub use decision::DecisionRecord;
