//! The workspace as it lies on disk: its crates and the texts of their files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Crates, and every Rust file below their `src`, by its path from the workspace's root.
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    pub(crate) crates: Vec<Crate>,
    pub(crate) texts: BTreeMap<String, String>,
}

/// A member with a library or a program; one of tests alone is no part of the house.
#[derive(Clone, Default)]
pub(crate) struct Crate {
    /// From the workspace's root; what a drawing calls the crate.
    pub(crate) folder: String,
    /// What other crates write in front of `::`.
    pub(crate) library: Option<String>,
    /// The files that cargo compiles: `lib.rs`, `main.rs`, programs beside it.
    pub(crate) roots: Vec<String>,
    /// Folders of the members under `[dependencies]`.
    pub(crate) dependencies: Vec<String>,
}

impl Tree {
    /// The workspace around this test, as cargo describes it.
    pub(crate) fn read() -> Result<Tree, String> {
        let said = Command::new(env!("CARGO"))
            .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .map_err(|problem| format!("cargo does not start: {problem}"))?;
        if !said.status.success() {
            return Err(String::from_utf8_lossy(&said.stderr).into_owned());
        }
        let metadata: Value =
            serde_json::from_slice(&said.stdout).map_err(|problem| problem.to_string())?;
        let root = PathBuf::from(text(&metadata["workspace_root"]));
        let crates: Vec<Crate> =
            list(&metadata["packages"]).filter_map(|package| crate_of(package, &root)).collect();
        let mut texts = BTreeMap::new();
        for one in &crates {
            read_folder(&root, &root.join(&one.folder).join("src"), &mut texts)?;
        }
        Ok(Tree { root, crates, texts })
    }

    /// The folder of the crate that a file belongs to; crates may lie within one another.
    pub(crate) fn crate_of(&self, file: &str) -> Option<&Crate> {
        let within = |one: &&Crate| file.starts_with(&format!("{}/", one.folder));
        self.crates.iter().filter(within).max_by_key(|one| one.folder.len())
    }
}

fn crate_of(package: &Value, root: &Path) -> Option<Crate> {
    let manifest = PathBuf::from(text(&package["manifest_path"]));
    let folder = relative(manifest.parent()?, root);
    let compiled: Vec<&Value> =
        list(&package["targets"]).filter(|target| is_compiled_for_users(target)).collect();
    let library = compiled.iter().find(|target| !is(target, "bin"));
    let dependencies = list(&package["dependencies"])
        .filter(|dependency| dependency["kind"].is_null())
        .filter_map(|dependency| dependency["path"].as_str());
    (!compiled.is_empty()).then(|| Crate {
        folder,
        library: library.map(|target| text(&target["name"]).replace('-', "_")),
        roots: compiled
            .iter()
            .map(|target| relative(Path::new(text(&target["src_path"])), root))
            .collect(),
        dependencies: dependencies.map(|path| relative(Path::new(path), root)).collect(),
    })
}

fn is_compiled_for_users(target: &Value) -> bool {
    ["lib", "rlib", "cdylib", "staticlib", "dylib", "proc-macro", "bin"]
        .iter()
        .any(|kind| is(target, kind))
}

fn is(target: &Value, kind: &str) -> bool {
    list(&target["kind"]).any(|one| one == kind)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A path from the root on, with `/` on every system.
fn relative(path: &Path, root: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn read_folder(
    root: &Path,
    folder: &Path,
    texts: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    let told = |problem: std::io::Error| format!("{}: {problem}", folder.display());
    for entry in fs::read_dir(folder).map_err(told)? {
        let path = entry.map_err(told)?.path();
        if path.is_dir() {
            read_folder(root, &path, texts)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.insert(relative(&path, root), fs::read_to_string(&path).map_err(told)?);
        }
    }
    Ok(())
}
