//! Which program wrote a file, and when.

use data_anatomy_core::files::record::ToolRecord;

/// This program: name, version and the commit that it was built from.
pub fn record() -> ToolRecord {
    ToolRecord {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: env!("DATA_ANATOMY_COMMIT").to_owned(),
    }
}

/// The time now, to the second, as RFC 3339 has it.
pub fn now() -> String {
    humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string()
}
