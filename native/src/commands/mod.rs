//! One file per subcommand.

mod demo;
mod evaluate;
mod labelshift;
mod merge_web;
mod report;
mod sample;
mod specs;

use crate::args::Command;
use crate::exit::Outcome;

/// Runs the command.
///
/// # Errors
/// If it cannot be carried out; nothing is left half-written then.
pub fn dispatch(command: &Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Sample(args) => sample::run(args),
        Command::MergeWeb(args) => merge_web::run(args),
        Command::Labelshift(args) => labelshift::run(args),
        Command::Evaluate(args) => evaluate::run(args),
        Command::Report(args) => report::run(args),
        Command::Specs { action } => specs::run(action),
        Command::Demo(args) => demo::run(args),
    }
}
