//! Which file takes which names from which other.

use std::collections::BTreeSet;

use crate::graph::Graph;
use crate::module::{Import, Mention, ModuleId};
use crate::modules::Modules;
use crate::scope::{Place, Scope};
use crate::tree::Tree;

/// The files of a tree, and an arrow from each to those whose definitions it uses.
///
/// `mod child;` is no use, nor is a module named by itself, nor what a face hands on.
pub(crate) fn of(tree: &Tree) -> Result<Graph, String> {
    let modules = Modules::of(tree)?;
    let scope = Scope::of(&modules);
    let mut graph = Graph::default();
    for (id, module) in modules.all.iter().enumerate() {
        graph.nodes.extend(module.files.iter().cloned());
        for import in &module.imports {
            let is_face = import.is_handed_on && modules.faces.contains(&import.file);
            if !is_face {
                draw_import(&mut graph, &scope, &modules, id, import);
            }
        }
        for mention in &module.mentions {
            draw_mention(&mut graph, &scope, id, mention);
        }
    }
    Ok(graph)
}

fn draw_import(
    graph: &mut Graph,
    scope: &Scope<'_>,
    modules: &Modules,
    id: ModuleId,
    import: &Import,
) {
    match scope.find(id, &import.path) {
        Some(Place::Item { name, files }) => draw(graph, &import.file, &files, &name),
        Some(Place::Module(opened)) if import.name.is_none() => {
            // What is taken through a face by `*` is seen where it is mentioned.
            let files = &modules.all[opened].files;
            draw(graph, &import.file, &files.difference(&modules.faces).cloned().collect(), "*");
        }
        _ => {}
    }
}

fn draw_mention(graph: &mut Graph, scope: &Scope<'_>, id: ModuleId, mention: &Mention) {
    if let Some(Place::Item { name, files }) = scope.find(id, &mention.path) {
        draw(graph, &mention.file, &files, &name);
        if let Some(files) = scope.find_member(id, &mention.path) {
            let member = mention.path.segments.last().map_or("", String::as_str);
            draw(graph, &mention.file, files, &format!("{name}::{member}"));
        }
    }
}

/// Where features choose between files, each of them uses its own definitions.
fn draw(graph: &mut Graph, from: &str, to: &BTreeSet<String>, name: &str) {
    for file in to.iter().filter(|_| !to.contains(from)) {
        graph.draw(from, file, name);
    }
}
