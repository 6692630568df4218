//! README.md and the pages of `docs`, held against the program.
//!
//! `INSTA_UPDATE=always cargo test --test cli docs` renews what in them is made from it: the output of
//! the commands in `console` blocks, the picture, the pages of the rules and that of the options.

mod commands;
mod console;
mod links;
mod options;
mod picture;
mod rules;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gatelint::trace::Format;
use serde_json::Value;
use similar::TextDiff;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A page of the project.
struct Page {
    /// Where it lies, from the root.
    path: PathBuf,
    text: String,
}

/// README.md and every page below `docs`.
fn pages() -> Vec<Page> {
    let mut pages = vec![PathBuf::from("README.md")];
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(Path::new(ROOT).join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    let read = |path: PathBuf| Page {
        text: fs::read_to_string(Path::new(ROOT).join(&path)).unwrap(),
        path,
    };
    pages.into_iter().map(read).collect()
}

/// The text of a page by its path.
fn page(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap()
}

/// Holds a file of the project against what it must be; where snapshots are recorded anew, so is it.
fn hold(path: &Path, text: &str) {
    let file = Path::new(ROOT).join(path);
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
        return;
    }
    let old = fs::read_to_string(file).unwrap_or_default();
    let diff = TextDiff::from_lines(old.as_str(), text);
    assert!(
        old == text,
        "{} is not what the program says now; `INSTA_UPDATE=always cargo test --test cli docs` renews it:\n{}",
        path.display(),
        diff.unified_diff()
    );
}

#[test]
fn the_commands_of_the_readme_are_those_that_ci_runs() {
    let (readme, ci) = (page("README.md"), page(".ci/run"));
    for command in ["cargo run -- lint fixtures/policies/seed", "cargo test"] {
        assert!(readme.contains(&format!("\n{command}\n")), "{command}");
        assert!(ci.lines().any(|line| line == command), "{command}");
    }
}

#[test]
fn the_readme_is_short() {
    assert!(page("README.md").lines().count() <= 250);
}

/// The names of all fields that a schema has, at any depth.
fn fields(schema: &Value, found: &mut BTreeSet<String>) {
    if let Some(Value::Object(properties)) = schema.get("properties") {
        found.extend(properties.keys().filter(|name| *name != "$schema").cloned());
    }
    match schema {
        Value::Object(members) => members.values().for_each(|member| fields(member, found)),
        Value::Array(elements) => elements.iter().for_each(|element| fields(element, found)),
        _ => {}
    }
}

#[test]
fn every_field_of_a_file_is_on_its_page() {
    for (schema, name) in [
        ("config", "configuration"),
        ("policy-v1", "dialects"),
        ("test", "tests"),
        ("trace", "formats"),
    ] {
        let schema = page(&format!("schemas/{schema}.schema.json"));
        let mut all = BTreeSet::new();
        fields(&serde_json::from_str(&schema).unwrap(), &mut all);
        let text = page(&format!("docs/{name}.md"));
        for field in all {
            let is_there = [format!("`{field}`"), format!("{field}:")];
            assert!(is_there.iter().any(|form| text.contains(form)), "{field} is not in {name}");
        }
    }
}

#[test]
fn every_format_of_traces_is_on_the_page_of_formats() {
    let text = page("docs/formats.md");
    for format in Format::ALL {
        assert!(text.contains(&format!("`{}`", format.name())), "{}", format.name());
    }
}
