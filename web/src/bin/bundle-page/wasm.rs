//! The compiled core as the page carries it: JavaScript glue, and the module packed as text.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_bindgen_cli_support::Bindgen;

use crate::bundle::GLUE_NAME;

/// The one line of the generated glue that fails where the page has no address of its own
/// (`about:srcdoc`, `blob:`); its value only serves to guess a file name that we never use.
const ADDRESS_LINE: &str =
    "script_src = new URL(document.currentScript.src, location.href).toString();";

/// The compiled core, ready to be inlined.
#[derive(Debug)]
pub(crate) struct Core {
    /// A classic script that declares `wasm_bindgen`.
    pub(crate) glue: String,
    /// Bytes of the module after wasm-bindgen.
    pub(crate) n_raw_bytes: usize,
    /// The module, gzipped.
    pub(crate) gzip: Vec<u8>,
}

impl Core {
    /// Returns the gzipped module as base64.
    pub(crate) fn base64(&self) -> String {
        STANDARD.encode(&self.gzip)
    }
}

/// Returns the module at `path` after wasm-bindgen.
///
/// # Errors
/// An unreadable module, one built for another version of wasm-bindgen, or glue that is not of
/// the known shape.
pub(crate) fn load(path: &Path) -> Result<Core> {
    ensure!(
        path.exists(),
        "{} is missing: build it with `make page`, which compiles the core for the browser first",
        path.display()
    );
    let mut output = Bindgen::new()
        .input_path(path)
        .no_modules(true)?
        .no_modules_global(GLUE_NAME)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .with_context(|| format!("wasm-bindgen refused {}", path.display()))?;
    let has_snippets = output.snippets().values().any(|snippets| !snippets.is_empty());
    if has_snippets || !output.local_modules().is_empty() || !output.npm_dependencies().is_empty() {
        bail!("{} needs JavaScript files of other crates, which cannot be inlined", path.display());
    }
    let glue = without_address(output.js())?;
    let module = output.wasm_mut().emit_wasm();
    Ok(Core { glue, n_raw_bytes: module.len(), gzip: gzip(&module)? })
}

fn without_address(glue: &str) -> Result<String> {
    let n_lines = glue.matches(ADDRESS_LINE).count();
    ensure!(
        n_lines == 1,
        "the glue of wasm-bindgen has changed: `{ADDRESS_LINE}` occurs {n_lines} times"
    );
    Ok(glue.replace(ADDRESS_LINE, "script_src = '';"))
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn packed_module_unpacks_to_itself() {
        let module: Vec<u8> = (0..10_000_u32).map(|i| (i * i % 251) as u8).collect();
        let core = Core { glue: String::new(), n_raw_bytes: 0, gzip: gzip(&module).unwrap() };
        let packed = STANDARD.decode(core.base64()).unwrap();
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, module);
    }

    #[test]
    fn glue_of_another_shape_is_refused() {
        let glue = format!("let script_src;\n    {ADDRESS_LINE}\n");
        assert_eq!(without_address(&glue).unwrap(), "let script_src;\n    script_src = '';\n");
        let error = without_address("let script_src;").unwrap_err().to_string();
        assert!(error.ends_with("occurs 0 times"), "{error}");
    }

    #[test]
    fn missing_module_names_the_remedy() {
        let error = load(Path::new("no/such.wasm")).unwrap_err().to_string();
        assert!(error.starts_with("no/such.wasm is missing: build it with `make page`"), "{error}");
    }
}
