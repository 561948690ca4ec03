//! A small house, held against true drawings and false ones.

use crate::drawing::Drawing;
use crate::sketched_tree::sketched;
use crate::{imports, rooms};

const CORE: &str = "```rooms core\nbase  ->\nshape -> base\nshow  -> base shape\n```\n";
const CRATES: &str = "```rooms crates\ncore ->\nlm   -> core(base)\n```\n";

/// The first lines of all faults of a house whose `shape.rs` ends in `more`.
fn faults(more: &str, markdown: &str) -> Vec<String> {
    let shape = format!("pub struct Shape(crate::base::Base); {more}");
    let mut tree = sketched(&[
        ("core/src/lib.rs", "pub mod base; pub mod shape; pub mod show; #[cfg(test)] mod tests;"),
        ("core/src/base.rs", "pub struct Base;"),
        ("core/src/shape/mod.rs", &shape),
        (
            "core/src/show.rs",
            "use crate::{base::Base, shape::Shape}; pub fn show(_: Base, _: Shape) {}",
        ),
        ("lm/src/lib.rs", "use house_core::base::Base;"),
    ]);
    tree.crates[1].dependencies.push("core".to_owned());
    let faults =
        rooms::faults(&tree, &imports::of(&tree).unwrap(), &Drawing::all_in(markdown).unwrap());
    let first = |fault: String| fault.lines().next().unwrap().to_owned();
    faults.into_iter().map(first).filter(|line| line != "true today is").collect()
}

#[test]
fn a_true_drawing_has_no_fault() {
    assert!(faults("", &format!("{CORE}{CRATES}")).is_empty());
}

#[test]
fn an_arrow_that_is_not_drawn_is_told_and_so_is_its_circle() {
    let more = "fn f() { crate::show::show() }";
    assert_eq!(
        faults(more, &format!("{CORE}{CRATES}")),
        ["core: shape -> show is not on the drawing", "core: a circle of shape, show",]
    );
}

#[test]
fn a_circle_is_a_fault_even_where_it_is_drawn() {
    let core = CORE.replace("shape -> base", "shape -> base show");
    let faults = faults("fn f() { crate::show::show() }", &format!("{core}{CRATES}"));
    assert_eq!(faults, ["core: a circle of shape, show"]);
}

#[test]
fn an_arrow_that_nothing_takes_is_told() {
    let core = CORE.replace("base  ->", "base  -> show");
    let expected = ["core: base -> show is on the drawing, but no import takes it"];
    assert_eq!(faults("", &format!("{core}{CRATES}")), expected);
}

#[test]
fn rooms_are_those_that_exist() {
    let core = CORE.replace("show  -> base shape", "attic -> base");
    assert_eq!(
        faults("", &format!("{core}{CRATES}")),
        [
            "core: show is not on the drawing",
            "core: attic is on the drawing, but does not exist",
            "core: show -> base is not on the drawing",
            "core: show -> shape is not on the drawing",
            "core: attic -> base is on the drawing, but no import takes it",
        ]
    );
}

#[test]
fn a_crate_uses_the_rooms_in_brackets_and_no_others() {
    let crates = CRATES.replace("(base)", "(shape)");
    assert_eq!(
        faults("", &format!("{CORE}{crates}")),
        [
            "crates: lm -> core(base) is not on the drawing",
            "crates: lm -> core(shape) is on the drawing, but no import takes it",
        ]
    );
    let crates = CRATES.replace("core(base)", "");
    assert_eq!(
        faults("", &format!("{CORE}{crates}")),
        ["crates: lm -> core is not on the drawing"]
    );
}

#[test]
fn a_house_without_a_drawing_is_told() {
    assert_eq!(
        faults("", ""),
        [
            "no block `rooms crates`; true today is",
            "no block `rooms FOLDER` draws the rooms of a crate",
        ]
    );
    let unknown = format!("{CORE}{CRATES}```rooms attic\n```\n");
    assert_eq!(faults("", &unknown), ["`rooms attic`: there is no such crate"]);
}

#[test]
fn a_crate_may_lie_within_another() {
    let tree = sketched(&[
        ("native/src/lib.rs", "mod run;"),
        ("native/src/run.rs", "use house_native_lm::Model;"),
        ("native/lm/src/lib.rs", "pub mod cpu; pub struct Model;"),
        ("native/lm/src/cpu.rs", "pub struct Cpu;"),
    ]);
    let markdown = "```rooms crates\nnative/lm ->\nnative -> native/lm\n```\n\
                    ```rooms native\nrun ->\n```\n```rooms native/lm\ncpu ->\n```\n";
    let imports = imports::of(&tree).unwrap();
    let faults = rooms::faults(&tree, &imports, &Drawing::all_in(markdown).unwrap());
    assert_eq!(faults, Vec::<String>::new());
}
