//! What one module holds, before any name is looked up.

use std::collections::{BTreeMap, BTreeSet};

use crate::named_path::NamedPath;

/// The number of a module.
pub(crate) type ModuleId = usize;

/// A module: a file, or a `mod` with braces within one.
#[derive(Default)]
pub(crate) struct Module {
    /// The top of its crate.
    pub(crate) root: ModuleId,
    pub(crate) parent: Option<ModuleId>,
    pub(crate) children: BTreeMap<String, ModuleId>,
    /// More than one only where features choose between files.
    pub(crate) files: BTreeSet<String>,
    /// Files by the items that they define.
    pub(crate) items: BTreeMap<String, BTreeSet<String>>,
    pub(crate) imports: Vec<Import>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) members: Vec<Member>,
}

/// One name of a `use`, wherever in the module it stands.
pub(crate) struct Import {
    pub(crate) file: String,
    pub(crate) path: NamedPath,
    /// What the name is here; none for `*`.
    pub(crate) name: Option<String>,
    /// Whether others may take the name from here.
    pub(crate) is_handed_on: bool,
}

/// A path in code.
pub(crate) struct Mention {
    pub(crate) file: String,
    pub(crate) path: NamedPath,
}

/// A function or constant of an `impl` without a trait.
pub(crate) struct Member {
    pub(crate) file: String,
    pub(crate) of: NamedPath,
    pub(crate) name: String,
}
