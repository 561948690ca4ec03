//! The file of texts that a model wrote, kept while they are made so that nothing is lost.
//!
//! Texts are appended, one line each, in whatever order they come. A run that was cut off leaves
//! whole lines and perhaps a part of one; opening the file again drops that part and tells which
//! texts are missing. When all are there the file is written once more, sorted, so that it is the same
//! whatever happened on the way.
//!
//! A line is a [`Generation`]. A [`Journal`] is opened, told each text as it comes, and says in a [`Tally`] how it
//! ended.

mod generation;
mod run_file;
mod scan;
mod tally;

pub use generation::Generation;
pub use run_file::Journal;
pub use tally::Tally;
