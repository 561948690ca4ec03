//! What a long job owes its user: files that appear whole, progress that is told, failures that are worded, and an
//! end that has a name.

pub mod clock;
pub mod exit;
pub mod failure;
pub mod files;
pub mod progress;
