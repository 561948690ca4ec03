//! A run of openings, step by step: documents, their beginnings, what the model expects after each, the study of it
//! (in core), outputs.
//!
//! [`Settings`] say what a run is made with, and [`run()`] makes it. [`beginnings`] reads how reference documents
//! begin, token by token; [`cells`] are the first tokens that are told apart. A [`separator`] is what stands between
//! documents, chosen by the model itself. [`leads`] are the documents that the model is shown, [`expected`] what it
//! expects after them, by its weights, or by a server's answers ([`served`]); [`work_file`] keeps what is there of it,
//! so that an interrupted run goes on.

pub mod beginnings;
pub mod cells;
pub mod config;
pub mod expected;
pub mod leads;
pub mod outputs;
pub mod run;
pub mod separator;
pub mod served;
pub mod settings;
pub mod study;
pub mod work_file;

pub use run::{Finished, run};
pub use settings::Settings;
