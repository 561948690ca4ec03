//! Rooms and their arrows as they are, held against a drawing.

use std::collections::{BTreeMap, BTreeSet};

use crate::drawing::{Drawing, true_block};
use crate::graph::Graph;
use crate::tree::Tree;

/// More arrows of files are not told for an arrow of rooms.
const MAX_TOLD: usize = 8;

/// Everything in which the house differs from its drawings, or is drawn where it should not be.
pub(crate) fn faults(tree: &Tree, imports: &Graph, drawings: &[Drawing]) -> Vec<String> {
    let mut faults = Vec::new();
    if !drawings.iter().any(|drawing| drawing.of == "crates") {
        let block = true_block("crates", &crates(tree, imports));
        faults.push(format!("no block `rooms crates`; true today is\n{block}"));
    }
    if drawings.iter().all(|drawing| drawing.of == "crates") {
        faults.push("no block `rooms FOLDER` draws the rooms of a crate".to_owned());
    }
    for drawing in drawings {
        let before = faults.len();
        let real = if drawing.of == "crates" {
            compare_limits(tree, imports, drawing, &mut faults);
            crates(tree, imports)
        } else if tree.crates.iter().any(|one| one.folder == drawing.of) {
            rooms(tree, imports, &drawing.of)
        } else {
            faults.push(format!("`rooms {}`: there is no such crate", drawing.of));
            continue;
        };
        compare(drawing, &real, &mut faults);
        if faults.len() > before {
            faults.push(format!("true today is\n{}", true_block(&drawing.of, &real)));
        }
    }
    faults
}

/// Crates by their folders, and an arrow for each dependency and import.
fn crates(tree: &Tree, imports: &Graph) -> Graph {
    let mut graph = imports.folded(|file| Some(tree.crate_of(file)?.folder.clone()));
    for one in &tree.crates {
        graph.nodes.insert(one.folder.clone());
        for other in &one.dependencies {
            graph.draw(&one.folder, other, &format!("{}/Cargo.toml depends on it", one.folder));
        }
    }
    graph
}

/// The top modules of a crate, and an arrow for the imports between each two.
fn rooms(tree: &Tree, imports: &Graph, folder: &str) -> Graph {
    imports.folded(|file| {
        let own = tree.crate_of(file).filter(|one| one.folder == folder)?;
        room_of(file, &own.folder)
    })
}

/// The file or folder right below `src` that a file is or lies in; roots of crates are in no room.
fn room_of(file: &str, folder: &str) -> Option<String> {
    let below = file.strip_prefix(folder)?.strip_prefix("/src/")?;
    let first = below.split('/').next()?;
    let is_root = ["lib.rs", "main.rs", "bin"].contains(&first);
    (!is_root).then(|| first.trim_end_matches(".rs").to_owned())
}

fn compare(drawing: &Drawing, real: &Graph, faults: &mut Vec<String>) {
    let of = &drawing.of;
    compare_names(drawing, real, faults);
    let drawn: BTreeSet<(&str, &str)> = drawing.arrows().collect();
    for ((from, to), imports) in &real.arrows {
        if !drawn.contains(&(from.as_str(), to.as_str())) {
            faults.push(format!("{of}: {from} -> {to} is not on the drawing\n{}", told(imports)));
        }
    }
    for (from, to) in drawn {
        if !real.arrows.contains_key(&(from.to_owned(), to.to_owned())) {
            faults.push(format!("{of}: {from} -> {to} is on the drawing, but no import takes it"));
        }
    }
    for circle in real.loops() {
        let rooms: Vec<&str> = circle.nodes.iter().map(String::as_str).collect();
        let arrow = |((from, to), imports): (&(String, String), &BTreeSet<String>)| {
            format!("  {from} -> {to}\n{}", told(imports))
        };
        let arrows: Vec<String> = circle.arrows.iter().map(arrow).collect();
        faults.push(format!("{of}: a circle of {}\n{}", rooms.join(", "), arrows.join("\n")));
    }
}

fn compare_names(drawing: &Drawing, real: &Graph, faults: &mut Vec<String>) {
    let of = &drawing.of;
    for room in real.nodes.iter().filter(|room| !drawing.rooms.contains_key(*room)) {
        faults.push(format!("{of}: {room} is not on the drawing"));
    }
    let targets = drawing.arrows().map(|(_, target)| target);
    let named: BTreeSet<&str> = drawing.rooms.keys().map(String::as_str).chain(targets).collect();
    for room in named.iter().filter(|room| !real.nodes.contains(**room)) {
        faults.push(format!("{of}: {room} is on the drawing, but does not exist"));
    }
}

/// Holds what crates use of other crates' rooms against the rooms in brackets.
fn compare_limits(tree: &Tree, imports: &Graph, drawing: &Drawing, faults: &mut Vec<String>) {
    for (user, targets) in &drawing.rooms {
        for (used, only) in targets {
            let Some(only) = only else { continue };
            let real = used_rooms(tree, imports, user, used);
            for (room, imports) in real.iter().filter(|(room, _)| !only.contains(*room)) {
                let imports = told(imports);
                faults.push(format!(
                    "crates: {user} -> {used}({room}) is not on the drawing\n{imports}"
                ));
            }
            for room in only.iter().filter(|room| !real.contains_key(*room)) {
                faults.push(format!(
                    "crates: {user} -> {used}({room}) is on the drawing, but no import takes it"
                ));
            }
        }
    }
}

/// The rooms of one crate that another uses, with the imports that do.
fn used_rooms(
    tree: &Tree,
    imports: &Graph,
    user: &str,
    used: &str,
) -> BTreeMap<String, BTreeSet<String>> {
    let is_of =
        |file: &str, folder: &str| tree.crate_of(file).is_some_and(|one| one.folder == folder);
    let mut rooms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (arrow, names) in &imports.arrows {
        let (from, to) = arrow;
        if is_of(from, user)
            && is_of(to, used)
            && let Some(room) = room_of(to, used)
        {
            rooms.entry(room).or_default().insert(Graph::told_arrow(arrow, names));
        }
    }
    rooms
}

fn told(imports: &BTreeSet<String>) -> String {
    let mut lines: Vec<String> =
        imports.iter().take(MAX_TOLD).map(|import| format!("    {import}")).collect();
    if imports.len() > MAX_TOLD {
        lines.push(format!("    and {} more", imports.len() - MAX_TOLD));
    }
    lines.join("\n")
}
