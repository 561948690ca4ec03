//! Finding a ground truth by path or by bundled name.

use std::path::Path;

use data_anatomy_core::files::bundled_specs;
use data_anatomy_core::files::spec::{Spec, SpecFile};
use data_anatomy_core::messages::input_error::{InputError, Problem};
use data_anatomy_job::files;

/// The spec that `name` means: a file if there is one of that path (with `@variant` after it if
/// wanted), else the bundled spec of that name.
///
/// # Errors
/// If the file is malformed, or there is no spec of that name.
pub fn find(name: &str) -> Result<Spec, InputError> {
    let (path, variant) = path_and_variant(name);
    if looks_like_a_path(path) {
        let stem = Path::new(path).file_stem().unwrap_or_default().to_string_lossy();
        if !Path::new(path).exists() && bundled_specs::find(&stem).is_ok() {
            let id = stem.into_owned();
            return Err(InputError::new(path, "", Problem::OnlyBundled { id }));
        }
        return Ok(read(path)?.select(variant)?.clone());
    }
    bundled_specs::find(name).cloned()
}

/// The path or bundled name, and the variant after the last `@` unless a file is called all of it.
pub fn path_and_variant(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('@') {
        Some((path, variant)) if !Path::new(name).exists() && !variant.contains('/') => {
            (path, Some(variant))
        }
        _ => (name, None),
    }
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
