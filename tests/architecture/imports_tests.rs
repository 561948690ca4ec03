//! Imports of small trees, each with a known answer.

use crate::graph::Graph;
use crate::imports;
use crate::sketched_tree::sketched;

/// The arrows of one crate, `a -> b: names`, without the folders that all files share.
fn arrows(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(String, &str)> =
        files.iter().map(|(path, text)| (format!("a/src/{path}"), *text)).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    told(&imports::of(&sketched(&files)).unwrap())
}

fn told(graph: &Graph) -> Vec<String> {
    graph.told().lines().map(|line| line.trim().replace("a/src/", "")).collect()
}

#[test]
fn declaring_a_module_is_no_import() {
    let files = [("lib.rs", "mod one; pub fn f() {}"), ("one.rs", "pub struct One;")];
    assert!(arrows(&files).is_empty());
}

#[test]
fn paths_lead_from_the_crate_the_module_and_those_above() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "mod c; pub struct A;"),
        ("a/c/d.rs", "use super::super::A; use super::C; use crate::b::B; use self::e::E; mod e;"),
        ("a/c/d/e.rs", "pub struct E;"),
        ("a/c.rs", "mod d; pub struct C; fn f() -> super::super::b::B { loop {} }"),
        ("b.rs", "pub struct B;"),
    ];
    assert_eq!(
        arrows(&files),
        [
            "a/c.rs -> b.rs: B",
            "a/c/d.rs -> a.rs: A",
            "a/c/d.rs -> a/c.rs: C",
            "a/c/d.rs -> a/c/d/e.rs: E",
            "a/c/d.rs -> b.rs: B",
        ]
    );
}

#[test]
fn use_trees_are_read_to_their_leaves() {
    let files = [
        ("lib.rs", "mod a; mod b; mod d; mod user;"),
        ("a.rs", "pub fn a() {}"),
        ("b.rs", "pub struct C; pub fn in_b() {}"),
        ("d.rs", "pub fn in_d() {}"),
        ("user.rs", "use crate::{b::{self, C as Other}, d::*}; fn f() { b::in_b(); in_d(); }"),
    ];
    assert_eq!(arrows(&files), ["user.rs -> b.rs: C, in_b", "user.rs -> d.rs: *, in_d"]);
}

#[test]
fn a_module_named_by_itself_is_no_import() {
    let files = [
        ("lib.rs", "mod a; mod user;"),
        ("a/mod.rs", "pub mod b; pub fn f() {}"),
        ("a/b.rs", "pub struct B;"),
        ("user.rs", "use crate::a; type Mine = a::b::B;"),
    ];
    assert_eq!(arrows(&files), ["user.rs -> a/b.rs: B"]);
}

#[test]
fn a_face_is_looked_through() {
    let files = [
        ("lib.rs", "mod room; mod user;"),
        ("room/mod.rs", "//! A face.\nmod one; mod two; pub use one::One; pub use two::*;"),
        ("room/one.rs", "pub struct One;"),
        ("room/two.rs", "use super::One; pub struct Two(One);"),
        ("user.rs", "use crate::room::{One as Renamed, Two};"),
    ];
    assert_eq!(
        arrows(&files),
        [
            "room/two.rs -> room/one.rs: One",
            "user.rs -> room/one.rs: One",
            "user.rs -> room/two.rs: Two",
        ]
    );
}

#[test]
fn all_of_a_face_is_what_is_mentioned_of_it() {
    let files = [
        ("lib.rs", "mod room; mod user;"),
        ("room/mod.rs", "mod one; mod two; pub use one::One; pub use two::Two;"),
        ("room/one.rs", "pub struct One;"),
        ("room/two.rs", "pub struct Two;"),
        ("user.rs", "use crate::room::*; fn f(_: One) { println!(\"{}\", x.Two); }"),
    ];
    assert_eq!(arrows(&files), ["user.rs -> room/one.rs: One"]);
}

#[test]
fn what_a_function_defines_inside_is_nobody_elses() {
    let files = [
        ("lib.rs", "mod a; mod b; mod user;"),
        ("a.rs", "pub struct A;"),
        ("b.rs", "pub use crate::a::A; fn f() { struct A; }"),
        ("user.rs", "use crate::b::A;"),
    ];
    assert_eq!(arrows(&files), ["b.rs -> a.rs: A", "user.rs -> a.rs: A"]);
}

#[test]
fn a_loop_through_what_is_handed_on_is_found() {
    let files = [
        ("a/src/lib.rs", "mod room; mod user;"),
        ("a/src/room/mod.rs", "mod one; pub use one::One;"),
        ("a/src/room/one.rs", "pub struct One(crate::user::User);"),
        ("a/src/user.rs", "use crate::room::One; pub struct User(Box<One>);"),
    ];
    let loops = imports::of(&sketched(&files)).unwrap().loops();
    assert_eq!(
        loops.iter().map(told).collect::<Vec<_>>(),
        [["room/one.rs -> user.rs: User", "user.rs -> room/one.rs: One",]]
    );
}

#[test]
fn a_file_that_defines_something_imports_what_it_hands_on() {
    let files = [
        ("lib.rs", "mod room;"),
        ("room.rs", "mod one; pub use one::One; pub const SIZE: usize = 1;"),
        ("room/one.rs", "pub struct One([u8; super::SIZE]);"),
    ];
    assert_eq!(arrows(&files), ["room.rs -> room/one.rs: One", "room/one.rs -> room.rs: SIZE"]);
}

#[test]
fn code_of_tests_imports_nothing() {
    let files = [
        ("lib.rs", "mod a; mod b; mod b_tests; #[cfg(test)] mod fixture; #[cfg(test)] mod tests;"),
        ("a.rs", "pub struct A; pub fn f() {}"),
        ("fixture.rs", "use crate::a::A;"),
        ("tests.rs", "use crate::a::A;"),
        (
            "b.rs",
            "#[cfg(test)] use crate::a::A;
             #[cfg(all(test, unix))] fn g() { crate::a::f() }
             struct B;
             impl B { #[cfg(test)] fn h() { crate::a::f() } }
             fn i() { #[cfg(test)] let x = crate::a::f(); }
             #[cfg(test)] mod tests { use crate::a::A; #[test] fn j() { crate::a::f() } }
             #[test] fn k() { crate::a::f() }
             #[cfg(test)] #[path = \"b_tests.rs\"] mod more;",
        ),
        ("b_tests.rs", "use crate::a::A;"),
    ];
    assert!(arrows(&files).is_empty());
}

#[test]
fn code_that_is_not_of_tests_alone_counts() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub struct A; pub struct B;"),
        ("b.rs", "#[cfg(not(test))] use crate::a::A; #[cfg(any(test, unix))] use crate::a::B;"),
    ];
    assert_eq!(arrows(&files), ["b.rs -> a.rs: A, B"]);
}

#[test]
fn macros_are_looked_into() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "pub struct A; pub const TEXT: &str = \"\"; pub struct D; pub fn with() {}"),
        (
            "b.rs",
            "use crate::c;
             macro_rules! made { () => { $crate::a::D } }
             fn f() { println!(\"{}\", [x.a(1, crate::a::TEXT), c::COUNT]); }",
        ),
        ("c.rs", "#[serde(with = \"crate::a::with\")] pub const COUNT: usize = 1;"),
    ];
    assert_eq!(
        arrows(&files),
        ["b.rs -> a.rs: D, TEXT", "b.rs -> c.rs: COUNT", "c.rs -> a.rs: with",]
    );
}

#[test]
fn variants_and_functions_of_a_type_are_its_files() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub enum Kind { One, Two } pub struct Type; impl Type { pub fn new() {} }"),
        (
            "b.rs",
            "use crate::a::{Kind, Type};
             fn f(kind: Kind) { use Kind::One; match kind { One => Type::new(), Kind::Two => {} } }",
        ),
    ];
    assert_eq!(arrows(&files), ["b.rs -> a.rs: Kind, Type, Type::new"]);
}

#[test]
fn a_function_beside_its_type_is_where_it_stands() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        (
            "a.rs",
            "pub struct Type; impl Type { fn own(&self) { self.far(); assert!(self.near()); } }",
        ),
        (
            "b.rs",
            "use crate::a::Type; impl Type { pub fn far(&self) {} pub fn near(&self) {} pub fn make() {} }",
        ),
        ("c.rs", "fn f() { crate::a::Type::make(); }"),
    ];
    assert_eq!(
        arrows(&files),
        [
            "a.rs -> b.rs: Type::far, Type::near",
            "b.rs -> a.rs: Type",
            "c.rs -> a.rs: Type",
            "c.rs -> b.rs: Type::make",
        ]
    );
}

#[test]
fn a_module_and_a_function_may_share_a_name() {
    let files = [
        ("lib.rs", "mod dip; mod other; mod user; pub use dip::dip;"),
        ("dip.rs", "pub fn dip() {} pub struct Dip;"),
        ("other.rs", "fn f() { crate::dip() }"),
        ("user.rs", "use crate::dip::{self, dip}; fn f() -> dip::Dip { dip() }"),
    ];
    let expected = ["other.rs -> dip.rs: dip", "user.rs -> dip.rs: Dip, dip"];
    assert_eq!(arrows(&files), expected);
}

#[test]
fn features_may_choose_between_files() {
    let files = [
        (
            "lib.rs",
            "mod user; #[cfg_attr(gpu, path = \"gpu.rs\")] #[cfg_attr(not(gpu), path = \"none.rs\")] mod gpu;",
        ),
        ("gpu.rs", "pub fn find() { find() }"),
        ("none.rs", "pub fn find() {}"),
        ("user.rs", "fn f() { crate::gpu::find() }"),
    ];
    assert_eq!(arrows(&files), ["user.rs -> gpu.rs: find", "user.rs -> none.rs: find"]);
}

#[test]
fn other_crates_are_known_by_their_libraries() {
    let files = [
        ("core/src/lib.rs", "pub mod room; pub use room::Item;"),
        ("core/src/room.rs", "pub struct Item; pub struct Other;"),
        ("tool/src/main.rs", "mod house_core; use ::house_core::Item; use std::fmt::Other;"),
        ("tool/src/house_core.rs", "pub struct Item;"),
        ("web/src/lib.rs", "use house_core::room; pub fn f(_: room::Other, _: rayon::Item) {}"),
    ];
    assert_eq!(
        told(&imports::of(&sketched(&files)).unwrap()),
        ["tool/src/main.rs -> core/src/room.rs: Item", "web/src/lib.rs -> core/src/room.rs: Other",]
    );
}

#[test]
fn a_module_without_a_file_is_refused() {
    let tree = sketched(&[("a/src/lib.rs", "mod lost;")]);
    assert_eq!(imports::of(&tree).unwrap_err(), "a/src/lib.rs: no file for the module lost");
}
