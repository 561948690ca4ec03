//! Finding a ground truth by path or by bundled name.

use std::path::Path;

use data_anatomy_core::bundled_specs;
use data_anatomy_core::input_error::InputError;
use data_anatomy_core::spec::{Spec, SpecFile};

use crate::files;

/// The spec that `name` means: a file if there is one of that path (with `@variant` after it if
/// wanted), else the bundled spec of that name.
///
/// # Errors
/// If the file is malformed, or there is no spec of that name.
pub fn find(name: &str) -> Result<Spec, InputError> {
    let (path, variant) = match name.rsplit_once('@') {
        Some((path, variant)) if !Path::new(name).exists() => (path, Some(variant)),
        _ => (name, None),
    };
    if looks_like_a_path(path) {
        return Ok(read(path)?.select(variant)?.clone());
    }
    bundled_specs::find(name).cloned()
}

/// The spec file at this path.
///
/// # Errors
/// If it cannot be read, or is malformed.
pub fn read(path: &str) -> Result<SpecFile, InputError> {
    SpecFile::parse(path, &files::read(Path::new(path))?)
}

fn looks_like_a_path(name: &str) -> bool {
    Path::new(name).is_file()
        || name.contains(['/', '\\'])
        || [".yaml", ".yml"].iter().any(|ending| name.ends_with(ending))
}
