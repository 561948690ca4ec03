//! Blocks that can be read, and blocks that cannot.

use crate::drawing::{Drawing, true_block};
use crate::graph::Graph;

#[test]
fn a_block_is_read_with_its_limits_and_long_lines() {
    let markdown = "# A house\n\n```rooms crates\ncore  ->\nlm -> core(numeric files)\nall -> core\n       lm\n```\n\
                    ```text\nno -> drawing\n```\n```rooms core\nnumeric ->\n```\n";
    let drawings = Drawing::all_in(markdown).unwrap();
    assert_eq!(drawings.len(), 2);
    assert_eq!(drawings[1].of, "core");
    let crates = &drawings[0];
    assert_eq!(
        crates.arrows().collect::<Vec<_>>(),
        [("all", "core"), ("all", "lm"), ("lm", "core")]
    );
    assert_eq!(crates.rooms["all"]["core"], None);
    let only = ["files", "numeric"].map(str::to_owned).into();
    assert_eq!(crates.rooms["lm"]["core"], Some(only));
}

#[test]
fn what_is_no_line_of_rooms_is_refused() {
    for line in
        ["core", "a b -> c", "-> c", "a -> b, c", "a -> b(c", "a -> a", "a -> b b", "a -> b -> c"]
    {
        let markdown = format!("```rooms crates\n{line}\n```\n");
        assert!(Drawing::all_in(&markdown).unwrap_err().contains(line), "{line}");
    }
    let twice = Drawing::all_in("```rooms crates\na ->\na -> b\n```\n").unwrap_err();
    assert!(twice.contains("two lines"));
}

#[test]
fn a_true_block_begins_with_what_others_rest_on() {
    let mut graph = Graph::default();
    graph.draw("all", "core", "x");
    graph.draw("all", "lm", "x");
    graph.draw("lm", "core", "x");
    let block = true_block("crates", &graph);
    assert_eq!(block, "```rooms crates\ncore ->\nlm   -> core\nall  -> core lm\n```\n");
}
