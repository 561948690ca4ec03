//! What a long job owes its user: files that appear whole, progress that is told, failures that are worded, and an
//! end that has a name.
//!
//! In the order in which a job needs them: [`files`] reads what is given and writes what is made, whole or not
//! at all; [`clock`] dates it. [`progress`] shows how far work is, on stderr alone, so that stdout carries
//! results. [`failure`] makes an error of a library's panic, and [`exit`] an exit code of how all of it ended.
//! Begin with [`Progress`](progress::Progress) and [`files::write`]: most jobs need no more.
//!
//! What it does not know: which job it is. Nothing here is about documents, models or mixtures, and no crate
//! of this project but core stands below it.

pub mod clock;
pub mod exit;
pub mod failure;
pub mod files;
pub mod progress;
