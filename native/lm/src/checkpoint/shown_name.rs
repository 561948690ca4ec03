//! Names of tensors and files as messages show them.

use data_anatomy_core::messages::printable::shortened;

/// The longest part of a name that is shown: names come from the file and may be of any length.
const MAX_SHOWN_CHARS: usize = 200;

/// The name as it is shown in messages.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", shortened(name, MAX_SHOWN_CHARS))
}
