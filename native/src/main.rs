//! The `data-anatomy` program: reads the arguments, runs the command, prints what went wrong.

use std::process::ExitCode;

fn main() -> ExitCode {
    data_anatomy::run(std::env::args_os())
}
