//! The program `data-anatomy` as a library: it estimates what a language model was trained on.
//!
//! Every number comes from `data_anatomy_core`, which knows neither files nor clocks. This crate has work done,
//! and writes and reports what came of it. It stands on `data_anatomy_corpus` (documents from files),
//! `data_anatomy_classify` (documents in, probabilities of categories out), `data_anatomy_lm` (language models)
//! and `data_anatomy_job` (files, progress, exit codes); none of these knows this one.
//!
//! No command line is needed. Four functions take plain settings and a
//! [`Progress`](data_anatomy_job::progress::Progress), write their files, and return what they found:
//! [`sample::run()`](data_anatomy_corpus::sample::run()) draws documents from a corpus, [`openings::run()`] asks
//! what a model expects where documents begin, [`labelshift::run()`] estimates the mixture of a model's texts, and
//! [`membership::run()`] asks which documents a model has seen. [`run`] is the command line in front of them.
//!
//! Module by module, in the order in which data goes through them:
//!
//! 1. [`args`] are the arguments, and [`commands`] makes settings of them and prints results. Only these two
//!    and [`run`] read a command line; messages name its flags everywhere, since most users meet them there.
//! 2. [`demo`] writes documents and texts with a truth that is known, where there is neither corpus nor model.
//! 3. [`references`] are documents whose categories are known, as both ways to a mixture read them: [`openings`]
//!    from what a model expects after them, [`labelshift`] from documents and texts. [`together`] makes one answer
//!    of the two.
//! 4. [`scoring`] has a model read documents, and [`membership`] makes shares of members of what it said.
//! 5. [`runs`] reads what a run wrote, and [`specs`] finds the published mixture that it is held against.
//! 6. [`plots`] and [`png`] make pictures of it, [`page`] is the page that a report is made with, and
//!    [`tool`] says in each file which program wrote it.

pub mod args;
pub mod audit;
pub mod commands;
pub mod demo;
pub mod labelshift;
pub mod membership;
pub mod openings;
pub mod page;
pub mod plots;
pub mod png;
pub mod references;
pub mod runs;
pub mod scoring;
pub mod specs;
pub mod together;
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
