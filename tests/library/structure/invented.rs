//! That circles and other faults are seen: small invented trees that have them, or have none.

use super::circles::circles;
use super::habits::{against_the_order, left_open, too_long};
use super::tree::{Arrows, Tree};

/// What takes what in a crate of these sources.
fn arrows(sources: &[(&str, &str)]) -> Arrows {
    let lib = ("lib.rs", "mod a; mod b; mod c; mod d; mod e; mod room; mod rules;");
    Tree::read(sources.iter().copied().chain([lib])).arrows()
}

/// The files in circles, a circle after the other.
fn in_circles(sources: &[(&str, &str)]) -> Vec<Vec<String>> {
    let arrows = arrows(sources);
    let circles = circles(&arrows).into_iter();
    circles.map(|circle| circle.into_iter().map(str::to_owned).collect()).collect()
}

#[test]
fn two_files_that_import_each_other_are_a_circle() {
    let there = ("a.rs", "use crate::b::B;\npub struct A(B);");
    for back in [
        "use crate::a::A;\npub struct B(Box<A>);",
        "pub struct B(Box<crate::a::A>);",
        "pub struct B(Box<super::a::A>);",
        "use crate::{a, c};\npub struct B(Box<a::A>);",
        "use crate::a as other;\npub struct B(Box<other::A>);",
        "use crate::a::*;\npub struct B(Box<A>);",
        "mod inner { use super::super::a::A; }\npub struct B;",
        "macro_rules! b { () => { $crate::a::A }; }\npub struct B;",
    ] {
        assert_eq!(in_circles(&[there, ("b.rs", back)]), [["a.rs", "b.rs"]], "{back}");
    }
}

#[test]
fn longer_circles_are_found_and_those_beside_them_are_not_in_them() {
    let sources = [
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "use crate::c::C; use crate::d::D; pub struct B;"),
        ("c.rs", "use crate::a::A; pub struct C;"),
        ("d.rs", "pub struct D;"),
        ("e.rs", "use crate::a::A;"),
    ];
    assert_eq!(in_circles(&sources), [["a.rs", "b.rs", "c.rs"]]);
}

#[test]
fn what_a_folder_shows_is_taken_from_the_file_that_defines_it() {
    let folder = "mod one;\nmod two;\npub use one::One;\npub use two::{Two, two};";
    let one = "use super::Two;\npub struct One(Two);";
    let circle = "use crate::room::One;\npub struct Two(One);\npub fn two() {}";
    let sources = [("room/mod.rs", folder), ("room/one.rs", one), ("room/two.rs", circle)];
    assert_eq!(in_circles(&sources), [["room/one.rs", "room/two.rs"]]);
    let sources = [
        ("room/mod.rs", folder),
        ("room/one.rs", one),
        ("room/two.rs", "pub struct Two; pub fn two() {}"),
    ];
    assert_eq!(in_circles(&sources), [[""; 0]; 0]);
    assert_eq!(arrows(&sources).len(), 1);
}

#[test]
fn a_folder_that_does_more_than_show_is_a_file_like_others() {
    let part = ("room/part.rs", "use super::Shared;\npub fn run(_: Shared) {}");
    for uses in ["fn run() { part::run(Shared) }", "pub use part::run;\nfn all() { run(Shared) }"] {
        let folder = format!("mod part;\npub struct Shared;\n{uses}");
        let found = in_circles(&[("room/mod.rs", &folder), part]);
        assert_eq!(found, [["room/mod.rs", "room/part.rs"]], "{uses}");
    }
    let folder = "mod part;\npub struct Shared;\npub use part::run;";
    assert_eq!(in_circles(&[("room/mod.rs", folder), part]), [[""; 0]; 0]);
}

#[test]
fn what_a_macro_declares_is_used_by_its_folder() {
    let folder = ("rules/mod.rs", "rules![one];\npub fn named() {}");
    let one = ("rules/one.rs", "use super::named;");
    assert_eq!(in_circles(&[folder, one]), [["rules/mod.rs", "rules/one.rs"]]);
}

#[test]
fn tests_comments_texts_and_what_only_tests_take_do_not_count() {
    let there = ("a.rs", "use crate::b::B;\npub struct A(B);");
    for back in [
        "#[cfg(test)]\nuse crate::a::A;\npub struct B;",
        "pub struct B;\n#[cfg(test)]\nmod tests {\n    use crate::a::A;\n    fn f() { { A } }\n}",
        "/// See [`crate::a::A`].\npub struct B; // crate::a::A\n/* use crate::a::A; /* */ */",
        "pub struct B; const TEXT: &str = \"\\\" crate::a::A\"; const RAW: &str = r#\"\" crate::a::A\"#;",
        "pub(in crate::a) struct B;",
        "pub struct B<'a>(&'a str); const QUOTE: char = '\"'; // \" crate::a::A",
    ] {
        assert_eq!(in_circles(&[there, ("b.rs", back)]), [[""; 0]; 0], "{back}");
    }
    let folder =
        "mod part;\npub struct Shared;\nfn run() { part::run() }\n#[cfg(test)]\nmod tests;";
    let part = "use super::*;\npub fn run() {}";
    let tests = "use super::part::run; use crate::room::Shared;";
    let sources = [("room/mod.rs", folder), ("room/part.rs", part), ("room/tests.rs", tests)];
    assert_eq!(in_circles(&sources), [[""; 0]; 0]);
}

#[test]
fn imports_against_the_order_of_the_rooms_are_named() {
    let lib = "/// mod c;\npub mod a;\npub mod b;";
    let down = [("a/mod.rs", "pub struct A;"), ("b.rs", "use crate::a::A;")];
    assert_eq!(against_the_order(&arrows(&down), lib), [""; 0]);
    let up =
        [("a/mod.rs", "mod part;"), ("a/part.rs", "use crate::b::B;"), ("b.rs", "pub struct B;")];
    let found = against_the_order(&arrows(&up), lib);
    assert_eq!(found, ["a/part.rs takes {\"B\"} from b.rs"]);
}

#[test]
fn long_files_and_words_of_the_unfinished_are_named() {
    let file = |text: String| [("a.rs".to_owned(), text)];
    assert_eq!(too_long(&file("\n".repeat(450))), [""; 0]);
    assert_eq!(too_long(&file("\n".repeat(451))), ["a.rs has 451 lines"]);
    for open in ["// TODO: more", "// FIXME", "dbg!(a);", "todo!()"] {
        assert_eq!(
            left_open(&file(format!("fn f() {{\n    {open}\n}}"))),
            [format!("a.rs: {open}")]
        );
    }
    assert_eq!(left_open(&file("fn todo() {}".to_owned())), [""; 0]);
}
