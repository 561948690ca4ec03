//! The house, drawn from its own imports: no loop of files, and no arrow between rooms that
//! `ARCHITECTURE.md` does not draw.

mod drawing;
mod graph;
mod imports;
mod module;
mod modules;
mod named_path;
mod path_attribute;
mod rooms;
mod scope;
mod source_file;
mod test_only;
mod tree;
mod use_tree;

#[cfg(test)]
mod drawing_tests;
#[cfg(test)]
mod imports_tests;
#[cfg(test)]
mod rooms_tests;
#[cfg(test)]
mod sketched_tree;

use std::fs;
use std::sync::OnceLock;

use drawing::Drawing;
use graph::Graph;
use tree::Tree;

/// The workspace and the imports of its files, read once for both tests.
fn house() -> Result<&'static (Tree, Graph), String> {
    static HOUSE: OnceLock<Result<(Tree, Graph), String>> = OnceLock::new();
    let read = || {
        let tree = Tree::read()?;
        let graph = imports::of(&tree)?;
        Ok((tree, graph))
    };
    HOUSE.get_or_init(read).as_ref().map_err(String::clone)
}

#[test]
fn no_file_imports_in_a_loop() {
    let (_, imports) = house().unwrap();
    let loops = imports.loops();
    let told = |one: &Graph| format!("{} files:\n{}", one.nodes.len(), one.told());
    let told: Vec<String> = loops.iter().map(told).collect();
    assert!(loops.is_empty(), "{} loops of imports:\n\n{}", loops.len(), told.join("\n"));
}

#[test]
fn rooms_import_as_they_are_drawn() {
    let (tree, imports) = house().unwrap();
    let markdown = fs::read_to_string(tree.root.join("ARCHITECTURE.md")).unwrap();
    let faults = rooms::faults(tree, imports, &Drawing::all_in(&markdown).unwrap());
    assert!(faults.is_empty(), "ARCHITECTURE.md draws another house:\n\n{}", faults.join("\n"));
}
