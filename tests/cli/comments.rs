//! `--format markdown` as a comment on GitHub, which takes so much and no more.

use std::fmt::Write;

use regex::Regex;

use crate::support::Folder;

/// Names that mean something in Markdown, in HTML or to GitHub.
const HOSTILE: [&str; 12] = [
    "</details>",
    "<!-- gatelint:diff -->",
    "--> <!-- gatelint",
    "```",
    "a|b",
    "@org/team",
    "#123",
    "[x](https://evil.example)",
    "![i](https://evil.example/i.png)",
    "a\\nb\\n\\n# c",
    "\u{202e}\u{200f}abc",
    "\u{1f680}\u{1f680}\u{1f680}\u{1f680}\u{1f680}\u{1f680}\u{1f680}\u{1f680}",
];

/// How much a comment on GitHub holds.
const LIMIT: usize = 65_536;

/// Names, each with something hostile in it.
fn names(number: usize) -> impl Iterator<Item = String> {
    (0..number).map(|at| format!("list_{at:05} {}", HOSTILE[at % HOSTILE.len()]))
}

fn policy(names: impl Iterator<Item = String>, body: &str) -> String {
    let tools: Vec<String> = names.map(|name| format!("\"{name}\": {body}")).collect();
    format!(r#"{{"version": "1", "default": "deny", "tools": {{{}}}}}"#, tools.join(", "))
}

/// The comment of a command, held against what every one of them is.
fn comment(folder: &Folder, line: &str) -> String {
    let mut arguments: Vec<&str> = line.split(' ').collect();
    arguments.extend(["--format", "markdown"]);
    let run = folder.run(&arguments);
    assert!(run.status < 2, "{line}: {}", run.err);
    let text = run.out;
    assert!(text.len() <= LIMIT, "{line}: {}", text.len());
    let marker = format!("<!-- gatelint:{} ", arguments[0]);
    assert!(text.starts_with(&marker), "{line}: {text}");
    assert_eq!(text.matches("<!--").count(), 1, "{line}: nobody else writes a marker");
    let opened = Regex::new("(?m)^<details><summary>.*</summary>\n\n").unwrap();
    let closed = Regex::new("(?m)\n\n</details>\n(\n|$)").unwrap();
    let tags = ["<details", "</details"].map(|tag| text.matches(tag).count());
    assert_eq!(tags, [opened.find_iter(&text).count(), closed.find_iter(&text).count()], "{line}");
    assert_eq!(tags[0], tags[1], "{line}");
    let fences = text.lines().filter(|line| line.starts_with("```")).count();
    assert_eq!(fences % 2, 0, "{line}");
    for part in ["@org", "](http", "#123", "\u{202e}"] {
        assert!(!text.contains(part), "{line}: {part}");
    }
    for table in text.split("\n\n").filter(|part| part.starts_with("| ")) {
        let mut widths = table.lines().map(|row| row.matches(" |").count());
        let width = widths.next().unwrap();
        assert!(widths.all(|other| other == width) && table.lines().count() > 2, "{table}");
    }
    text
}

/// How many the last line says are left out, and of how many.
fn left_out(text: &str, things: &str) -> (usize, usize) {
    let line = text.trim_end().lines().last().unwrap();
    assert!(
        line.starts_with("Not shown: ") && line.ends_with(" --format json` has all."),
        "{line}"
    );
    let counts = Regex::new(&format!(r"(\d+) of (\d+) {things}")).unwrap();
    let counts = counts.captures(line).unwrap_or_else(|| panic!("no {things} in {line}"));
    (counts[1].parse().unwrap(), counts[2].parse().unwrap())
}

#[test]
fn what_opens_most_is_shown_of_thousands_of_tools() {
    let dangerous = ["delete_everything".to_owned(), "pay_all".to_owned()];
    let folder = Folder::new()
        .file("old.json", policy(["closed_now".to_owned()].into_iter(), "{}"))
        .file("new.json", policy(names(5_000).chain(dangerous), "{}"));
    let text = comment(&folder, "diff old.json new.json --timeout 600s");
    assert!(text.starts_with("<!-- gatelint:diff old.json new.json -->\n\n### ❌ "), "{text}");
    let (left, all) = left_out(&text, "lost protections");
    assert_eq!(all, 5_002);
    assert_eq!(text.matches("list_0").count(), all - left - 2);
    let place = |name: &str| text.find(name).unwrap_or_else(|| panic!("{name} is not shown"));
    assert!(place("delete_everything") < place("list_0"), "{text}");
    assert_eq!(left_out(&text, "new protection"), (1, 1), "what closes is left out before");
    let text = comment(&folder, "diff new.json old.json --fail-on none --timeout 600s");
    assert!(text.contains("closed_now"), "{text}");
}

#[test]
fn errors_are_shown_before_thousands_of_warnings() {
    let tools = names(1_200).map(|name| format!("\"{name}\": {{\"extra\": 1}}"));
    let tools: Vec<String> = tools.collect();
    let policy = format!(
        r#"{{"version": "1", "default": "deny", "hide": ["zz"], "tools": {{{}, "zz": {{}}}}}}"#,
        tools.join(", ")
    );
    let folder = Folder::new().file("p.json", policy);
    let text = comment(&folder, "lint p.json");
    let (left, all) = left_out(&text, "findings");
    assert!(left > 0 && all > 1_200, "{left} of {all}");
    let warned = text.find("\n| warning |").unwrap_or(text.len());
    assert!(text.find("\n| error |").unwrap() < warned, "{text}");
    assert!(text.contains(" more findings</summary>\n\n"), "{text}");
}

#[test]
fn replays_and_tests_stay_below_the_limit() {
    let mut cases = "for: p.json\ncases:\n".to_owned();
    let mut trace = String::new();
    for (at, name) in names(2_000).enumerate() {
        let name = format!("\"{name}\"");
        _ = writeln!(cases, "  - {{name: {name}, call: {{tool: {name}}}, expect: allow}}");
        _ = writeln!(trace, "{{\"tool\":{name},\"grant\":{name},\"args\":{{\"at\":{at}}}}}");
    }
    let none = policy(std::iter::empty(), "{}");
    let folder =
        Folder::new().file("p.json", none).file("a.test.yaml", cases).file("t.jsonl", trace);
    let text = comment(&folder, "test a.test.yaml");
    let (left, all) = left_out(&text, "failing cases");
    assert_eq!((all, text.matches("list_0").count() / 2), (2_000, all - left));
    let text = comment(&folder, "replay --policy p.json t.jsonl");
    assert!(text.contains("2000 of 2000 calls refused"), "{text}");
    let text = comment(&folder, "replay --policy p.json t.jsonl --top 2000");
    assert!(left_out(&text, "groups").0 > 0, "{text}");
    assert!(
        text.contains("| 2000 | deny | `(default deny)` (`p.json:1`) |"),
        "what refused stands first\n{text}"
    );
}

#[test]
fn two_jobs_have_markers_of_their_own_that_stay_the_same() {
    let tools = || ["a".to_owned()].into_iter();
    let folder = Folder::new()
        .file("a/p.json", policy(tools(), "{}"))
        .file("b/p.json", policy(tools(), "{}"))
        .file("b/q.json", policy(tools(), "{}"));
    let marker = |line: &str| comment(&folder, line).lines().next().unwrap().to_owned();
    assert_eq!(marker("lint a --fail-on none"), "<!-- gatelint:lint a -->");
    assert_eq!(marker("lint b/ --fail-on none"), "<!-- gatelint:lint b -->");
    std::fs::remove_file(folder.path("b/q.json")).unwrap();
    assert_eq!(marker("lint b --fail-on none"), "<!-- gatelint:lint b -->");
    assert_eq!(marker("diff a/p.json b/p.json"), "<!-- gatelint:diff a/p.json b/p.json -->");
}
