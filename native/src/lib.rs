//! The native side of data-anatomy: command line, corpora, classifiers, files.
//!
//! Every number comes from `data_anatomy_core`; this crate reads, trains, writes and reports.

pub mod args;
pub mod commands;
pub mod demo;
pub mod labelshift;
pub mod membership;
pub mod page;
pub mod plots;
pub mod png;
pub mod runs;
pub mod scoring;
pub mod specs;
pub mod tool;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

/// The exit code of running the program with these arguments, the first of which is its own name.
///
/// 0: done. 1: done, but a gate that the user set failed. 2: bad usage or bad input. 3: partly done.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = args::Arguments::parse_from(args::kebab_case_flags(arguments));
    match commands::dispatch(&arguments.command) {
        Ok(outcome) => outcome.exit_code(),
        Err(error) => data_anatomy_job::exit::report(&error),
    }
}
