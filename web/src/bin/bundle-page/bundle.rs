//! One classic script from an entry module and everything it imports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::module::{self, Module};

/// Name of the object through which modules reach the compiled core.
pub(crate) const GLUE_NAME: &str = "wasm_bindgen";

/// A script and the modules it was made from.
#[derive(Debug, PartialEq)]
pub(crate) struct Bundle {
    pub(crate) script: String,
    /// File names in the order in which they run.
    pub(crate) files: Vec<String>,
}

/// Returns the script that runs `glue`, then the modules of `folder` that `entry` needs, each
/// after its imports, all in one strict scope of its own.
///
/// # Errors
/// Missing files, cycles, names imported but not exported, one name declared twice, and what
/// [`module::parse`] refuses.
pub(crate) fn bundle(folder: &Path, entry: &str, glue: &str) -> Result<Bundle> {
    let mut loader = Loader { folder, modules: BTreeMap::new(), order: Vec::new() };
    loader.load(entry, &mut Vec::new())?;
    check_imports(&loader.modules)?;
    check_names(&loader.modules, &loader.order)?;
    let mut script = String::from("(() => {\n'use strict';\n");
    script.push_str(glue.trim());
    for file in &loader.order {
        script.push_str("\n// ");
        script.push_str(file);
        script.push('\n');
        script.push_str(loader.modules[file].body.trim());
    }
    script.push_str("\n})();\n");
    Ok(Bundle { script, files: loader.order })
}

/// Checks that every module of `folder` is in one of the bundles.
///
/// # Errors
/// Names the files that no entry reaches.
pub(crate) fn check_all_used(folder: &Path, bundles: &[&Bundle]) -> Result<()> {
    let used: BTreeSet<&String> = bundles.iter().flat_map(|bundle| &bundle.files).collect();
    let listing =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut unused = Vec::new();
    for file in listing {
        let name = file?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".js") && !used.contains(&name) {
            unused.push(name);
        }
    }
    unused.sort();
    if !unused.is_empty() {
        bail!("{}: no entry imports {}", folder.display(), unused.join(", "));
    }
    Ok(())
}

struct Loader<'folder> {
    folder: &'folder Path,
    modules: BTreeMap<String, Module>,
    order: Vec<String>,
}

impl Loader<'_> {
    /// Loads `file` after its imports; `open` are the modules that wait for it.
    fn load(&mut self, file: &str, open: &mut Vec<String>) -> Result<()> {
        if let Some(from) = open.iter().position(|waiting| waiting == file) {
            bail!("modules import each other in a circle: {} → {file}", open[from..].join(" → "));
        }
        if self.modules.contains_key(file) {
            return Ok(());
        }
        let path = self.folder.join(file);
        let source = fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?
            .replace("\r\n", "\n");
        let parsed = module::parse(&path.display().to_string(), &source)?;
        open.push(file.to_owned());
        for import in &parsed.imports {
            self.load(&import.file, open)
                .with_context(|| format!("imported by {}:{}", path.display(), import.line))?;
        }
        open.pop();
        self.modules.insert(file.to_owned(), parsed);
        self.order.push(file.to_owned());
        Ok(())
    }
}

fn check_imports(modules: &BTreeMap<String, Module>) -> Result<()> {
    for (file, module) in modules {
        for import in &module.imports {
            let exports = &modules[&import.file].exports;
            let missing = import.names.iter().find(|name| !exports.contains_key(*name));
            if let Some(name) = missing {
                bail!("{file}:{}: {} does not export `{name}`", import.line, import.file);
            }
        }
    }
    Ok(())
}

/// In one scope a name must mean one thing, and a module must not see what it did not import.
fn check_names(modules: &BTreeMap<String, Module>, order: &[String]) -> Result<()> {
    let mut declared: BTreeMap<&str, String> = BTreeMap::from([(GLUE_NAME, "the glue".to_owned())]);
    for file in order {
        for (name, line) in &modules[file].declared {
            let here = format!("{file}:{line}");
            if let Some(there) = declared.get(name.as_str()) {
                bail!("{here}: `{name}` is declared by {there} too; top-level names are shared");
            }
            declared.insert(name, here);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn refusal(files: &[(&str, &str)]) -> String {
        let folder = folder(files);
        let error = bundle(folder.path(), "main.js", "").unwrap_err();
        let place = format!("{}/", folder.path().display());
        format!("{error:#}").replace(&place, "")
    }

    #[test]
    fn modules_run_after_their_imports_and_once() {
        let folder = folder(&[
            ("main.js", "import {b} from './b.js';\nimport {c} from './c.js';\nb(c);"),
            ("b.js", "import {c} from './c.js';\r\nexport const b = () => c;"),
            ("c.js", "export const c = 1;"),
        ]);
        let bundle = bundle(folder.path(), "main.js", "let wasm_bindgen = 0;").unwrap();
        assert_eq!(bundle.files, ["c.js", "b.js", "main.js"]);
        assert_eq!(
            bundle.script,
            "(() => {\n'use strict';\nlet wasm_bindgen = 0;\n// c.js\nconst c = 1;\n\
             // b.js\nconst b = () => c;\n// main.js\nb(c);\n})();\n"
        );
    }

    #[test]
    fn refuses_circles_missing_exports_and_shared_names() {
        let cases = [
            (
                vec![("main.js", "import './b.js'"), ("b.js", "import './main.js'")],
                "imported by main.js:1: imported by b.js:1: \
                 modules import each other in a circle: main.js → b.js → main.js",
            ),
            (
                vec![("main.js", "\nimport {a} from './b.js'"), ("b.js", "const a = 1")],
                "main.js:2: b.js does not export `a`",
            ),
            (
                vec![("main.js", "import './b.js'\nlet a"), ("b.js", "const a = 1")],
                "main.js:2: `a` is declared by b.js:1 too; top-level names are shared",
            ),
            (
                vec![("main.js", "let wasm_bindgen")],
                "main.js:1: `wasm_bindgen` is declared by the glue too; top-level names are shared",
            ),
        ];
        for (files, message) in cases {
            assert_eq!(refusal(&files), message);
        }
    }

    #[test]
    fn names_modules_that_no_entry_reaches() {
        let folder = folder(&[("main.js", ""), ("lost.js", ""), ("notes.txt", "")]);
        let bundle = bundle(folder.path(), "main.js", "").unwrap();
        let error = check_all_used(folder.path(), &[&bundle]).unwrap_err().to_string();
        assert!(error.ends_with(": no entry imports lost.js"), "{error}");
    }
}
