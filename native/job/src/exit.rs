//! How a command ends.

use std::io;
use std::process::ExitCode;

use data_anatomy_core::messages::input_error::InputError;
use data_anatomy_core::messages::printable::printable;

use crate::progress::print_line;

/// How a command that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All is done.
    Done,
    /// All is done, but a gate that the user set failed.
    GateFailed,
    /// Some items failed; all of them were named.
    PartlyDone,
}

impl Outcome {
    /// The code the program exits with.
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::Done => ExitCode::SUCCESS,
            Self::GateFailed => ExitCode::from(1),
            Self::PartlyDone => ExitCode::from(3),
        }
    }
}

/// Prints why a command failed to stderr, remedy on its own line, and returns the exit code: 2, or
/// 0 where nothing more than the reader of stdout went away.
pub fn report(error: &anyhow::Error) -> ExitCode {
    let broken_pipe = |cause: &(dyn std::error::Error + 'static)| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(broken_pipe) {
        return ExitCode::SUCCESS;
    }
    let hint = error.chain().find_map(|cause| cause.downcast_ref::<InputError>()?.hint());
    let causes: Vec<String> = error
        .chain()
        .map(|cause| match cause.downcast_ref::<InputError>() {
            Some(input) => input.message(),
            None => cause.to_string(),
        })
        .collect();
    print_line(&format!("error: {}", printable(&causes.join(": "))));
    if let Some(hint) = hint {
        print_line(&format!("hint: {hint}"));
    }
    ExitCode::from(2)
}
