//! Which program wrote a file.

use data_anatomy_core::files::record::ToolRecord;

/// This program: name, version and the commit that it was built from.
pub fn record() -> ToolRecord {
    ToolRecord {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: env!("DATA_ANATOMY_COMMIT").to_owned(),
    }
}
