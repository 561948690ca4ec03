//! Which program this is, for files and for people.

use std::sync::OnceLock;

use data_anatomy_core::files::record::ToolRecord;
use data_anatomy_lm::device::BackEnd;

/// This program: name, version and the commit that it was built from.
pub fn record() -> ToolRecord {
    ToolRecord {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: env!("DATA_ANATOMY_COMMIT").to_owned(),
    }
}

/// The version, the commit it was built from, and what it can compute on: two builds of one commit may differ
/// in that.
pub fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let ToolRecord { version, commit, .. } = record();
        let back_ends = BackEnd::ALL.into_iter().filter(|back_end| back_end.is_compiled_in());
        let names: Vec<&str> = back_ends.map(BackEnd::name).collect();
        format!("{version} (commit {commit}; computes on {})", names.join(", "))
    })
}
