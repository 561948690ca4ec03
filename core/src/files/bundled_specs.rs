//! The published mixtures that travel with the program, found by name.

use std::sync::OnceLock;

use crate::files::spec::{Spec, SpecFile};
use crate::messages::input_error::{InputError, Problem};

/// File name and content of every bundled spec, in the order in which they are listed.
pub const FILES: [(&str, &str); 9] = [
    ("amber.yaml", include_str!("../../specs/amber.yaml")),
    ("codellama.yaml", include_str!("../../specs/codellama.yaml")),
    ("llama1.yaml", include_str!("../../specs/llama1.yaml")),
    ("olmo1b.yaml", include_str!("../../specs/olmo1b.yaml")),
    ("olmo3.yaml", include_str!("../../specs/olmo3.yaml")),
    ("pythia.yaml", include_str!("../../specs/pythia.yaml")),
    ("pythia_merged.yaml", include_str!("../../specs/pythia_merged.yaml")),
    ("pythia_pile17.yaml", include_str!("../../specs/pythia_pile17.yaml")),
    ("starcoder.yaml", include_str!("../../specs/starcoder.yaml")),
];

/// Every bundled spec file, parsed once.
///
/// # Panics
/// If a bundled file is malformed, which a test rules out.
pub fn all() -> &'static [SpecFile] {
    static PARSED: OnceLock<Vec<SpecFile>> = OnceLock::new();
    PARSED.get_or_init(|| {
        let parse = |&(name, text): &(&str, &str)| {
            SpecFile::parse(name, text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
        };
        FILES.iter().map(parse).collect()
    })
}

/// The bundled spec called `id`, such as `olmo1b` or `olmo1b@seed`, in capitals or not.
///
/// # Errors
/// If there is none of that name.
pub fn find(id: &str) -> Result<&'static Spec, InputError> {
    let wanted = id.to_ascii_lowercase();
    let found = all().iter().flat_map(SpecFile::all).find(|spec| spec.id == wanted);
    found.ok_or_else(|| {
        let known = all().iter().map(|file| file.main.id.clone()).collect();
        let name = id.to_owned();
        InputError::new("", "", Problem::NotFound { what: "bundled spec", name, known })
    })
}
