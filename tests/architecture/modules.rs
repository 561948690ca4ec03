//! The modules of all crates, from their roots along `mod name;`.

use std::collections::{BTreeMap, BTreeSet};

use crate::module::{Module, ModuleId};
use crate::source_file::{self, Declared};
use crate::test_only::is_named_as_test;
use crate::tree::Tree;

/// Every module that is compiled for users.
#[derive(Default)]
pub(crate) struct Modules {
    pub(crate) all: Vec<Module>,
    /// The top modules of libraries, by the name that others write.
    pub(crate) libraries: BTreeMap<String, ModuleId>,
    /// Files that define nothing, and hand on what others do.
    pub(crate) faces: BTreeSet<String>,
}

impl Modules {
    /// The modules of a tree; an error names the file that cannot be read.
    pub(crate) fn of(tree: &Tree) -> Result<Modules, String> {
        let mut modules = Modules::default();
        for one in &tree.crates {
            for root in &one.roots {
                let id = modules.all.len();
                modules.all.push(Module { root: id, ..Module::default() });
                if root.ends_with("lib.rs")
                    && let Some(library) = &one.library
                {
                    modules.libraries.insert(library.clone(), id);
                }
                modules.load(tree, root, folder_of(root), id)?;
            }
        }
        Ok(modules)
    }

    /// Reads a file as `here`, then the files of the modules that it declares, which lie in `below`.
    fn load(&mut self, tree: &Tree, file: &str, below: &str, here: ModuleId) -> Result<(), String> {
        let text = tree.texts.get(file).ok_or_else(|| format!("{file} is not there"))?;
        let syntax = syn::parse_file(text).map_err(|problem| format!("{file}: {problem}"))?;
        if source_file::is_face(&syntax.items) {
            self.faces.insert(file.to_owned());
        }
        self.all[here].files.insert(file.to_owned());
        for declared in source_file::read(file, &syntax, here, &mut self.all) {
            let found = files_of(tree, file, below, &declared);
            if found.is_empty() {
                return Err(format!(
                    "{file}: no file for the module {}",
                    declared.names.join("::")
                ));
            }
            let found: Vec<_> =
                found.into_iter().filter(|(path, _)| !is_named_as_test(path)).collect();
            if found.is_empty() {
                continue;
            }
            let child = self.child(&declared);
            for (path, below) in found {
                self.load(tree, &path, &below, child)?;
            }
        }
        Ok(())
    }

    fn child(&mut self, declared: &Declared) -> ModuleId {
        let id = self.all.len();
        let root = self.all[declared.module].root;
        self.all.push(Module { root, parent: Some(declared.module), ..Module::default() });
        let name = declared.names.last().cloned().unwrap_or_default();
        self.all[declared.module].children.insert(name, id);
        id
    }
}

/// The files of a declared module, each with the folder of its own modules.
fn files_of(tree: &Tree, file: &str, below: &str, declared: &Declared) -> Vec<(String, String)> {
    let written = declared.paths.iter().map(|path| {
        let path = format!("{}/{path}", folder_of(file));
        let folder = folder_of(&path).to_owned();
        (path, folder)
    });
    let stem = format!("{below}/{}", declared.names.join("/"));
    let usual = [format!("{stem}.rs"), format!("{stem}/mod.rs")].map(|path| (path, stem.clone()));
    let usual = usual.into_iter().filter(|_| declared.paths.is_empty());
    written.chain(usual).filter(|(path, _)| tree.texts.contains_key(path)).collect()
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
