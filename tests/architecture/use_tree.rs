//! The names that a `use` brings in.

use syn::ext::IdentExt as _;
use syn::{Ident, ItemUse, UseTree};

use crate::named_path::NamedPath;

/// One name, or `*`.
pub(crate) struct Leaf {
    pub(crate) path: NamedPath,
    /// What it is called where it is brought in; none for `*`.
    pub(crate) name: Option<String>,
}

/// Every name of a `use`, braces opened.
pub(crate) fn leaves(item: &ItemUse) -> Vec<Leaf> {
    let start = NamedPath { of_crate: item.leading_colon.is_some(), segments: Vec::new() };
    let mut leaves = Vec::new();
    collect(&item.tree, &start, &mut leaves);
    leaves
}

fn collect(tree: &UseTree, before: &NamedPath, leaves: &mut Vec<Leaf>) {
    match tree {
        UseTree::Path(step) => collect(&step.tree, &longer(before, &step.ident), leaves),
        UseTree::Group(group) => group.items.iter().for_each(|one| collect(one, before, leaves)),
        UseTree::Name(leaf) => {
            let path = longer(before, &leaf.ident);
            let name = path.segments.last().cloned();
            leaves.push(Leaf { path, name });
        }
        UseTree::Rename(leaf) => {
            let name = Some(leaf.rename.unraw().to_string());
            leaves.push(Leaf { path: longer(before, &leaf.ident), name });
        }
        UseTree::Glob(_) => leaves.push(Leaf { path: before.clone(), name: None }),
    }
}

/// A path with one more segment; `a::{self}` is `a`.
fn longer(path: &NamedPath, segment: &Ident) -> NamedPath {
    let mut path = path.clone();
    if segment != "self" || path.segments.is_empty() {
        path.segments.push(segment.unraw().to_string());
    }
    path
}
