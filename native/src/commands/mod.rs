//! One file per subcommand: it turns arguments into settings, has the work done elsewhere, prints.
//!
//! What `evaluate` and `report` have in common is in `evaluation` and `report_page`.

mod audit;
mod demo;
mod devices;
mod evaluate;
mod evaluation;
mod fused;
mod generate;
mod labelshift;
mod membership;
mod merge_web;
mod openings;
mod reestimate;
mod report;
mod report_page;
mod sample;
mod score;
mod specs;

use data_anatomy_job::exit::Outcome;

use crate::args::Command;

/// Runs the command.
///
/// # Errors
/// If it cannot be carried out; nothing is left half-written then.
pub fn dispatch(command: &Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Audit(args) => audit::run(args),
        Command::Sample(args) => sample::run(args),
        Command::MergeWeb(args) => merge_web::run(args),
        Command::Labelshift(args) => labelshift::run(args),
        Command::Openings(args) => openings::run(args),
        Command::Reestimate(args) => reestimate::run(args),
        Command::Generate(args) => generate::run(args),
        Command::Score(args) => score::run(args),
        Command::Minkpp(args) => membership::minkpp(args),
        Command::Membership(args) => membership::membership(args),
        Command::Evaluate(args) => evaluate::run(args),
        Command::Report(args) => report::run(args),
        Command::Specs { action } => specs::run(action),
        Command::Devices { json } => devices::run(*json),
        Command::Demo(args) => demo::run(args),
    }
}
