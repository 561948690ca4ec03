//! The main question in one run: what was this model trained on?
//!
//! [`Settings`] are few, since each method's own defaults hold; [`run()`] asks every kind of evidence there is, one
//! after another, and what fails of them does not take the rest along.

mod run;
mod settings;

pub use run::{Audited, run};
pub use settings::{OUTPUT_FOLDER, RUN_NAME, Settings};
