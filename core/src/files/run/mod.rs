//! An estimate read back from a `summary.json`, whoever wrote it.
//!
//! Only what scoring needs is kept; confusion matrices and the like are passed over as they stream
//! by, so that a thousand runs of 87 categories take little memory.

mod answer;
mod dialect;
mod member_shares;
mod names;
mod other_unit;
mod provenance;
mod raw_summary;
mod reader;
mod stored_run;

pub use answer::{StoredAnswer, UnidentifiedRun};
pub use dialect::{Dialect, SCHEMA_VERSION};
pub use member_shares::MemberShare;
pub use names::free_name;
pub use other_unit::OtherUnit;
pub use provenance::Provenance;
pub use stored_run::Run;
pub(crate) use stored_run::run_name;
