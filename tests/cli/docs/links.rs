//! The links between the pages.

use std::path::Path;

use regex::Regex;

use super::{Page, ROOT, page, pages};

/// The part of a page behind `#` by which GitHub names a heading.
pub(super) fn anchor(heading: &str) -> String {
    let kept = |character: &char| character.is_alphanumeric() || "-_ ".contains(*character);
    heading.trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

/// The text without its blocks of code.
fn prose(text: &str) -> String {
    text.split("\n```").step_by(2).collect::<Vec<_>>().join("\n")
}

/// Whether a page has a heading that is named so.
fn has(text: &str, name: &str) -> bool {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#'))).any(|anchor| anchor == name)
}

/// The targets of a page's links within the project.
fn targets(page: &Page) -> Vec<String> {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let prose = prose(&page.text);
    let targets = link.captures_iter(&prose).map(|found| found[1].to_owned());
    targets.filter(|target| !target.contains("://")).collect()
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    for page in pages() {
        let here = Path::new(ROOT).join(&page.path);
        for target in targets(&page) {
            let (path, name) = target.split_once('#').unwrap_or((&target, ""));
            let file = match path {
                "" => here.clone(),
                _ => here.parent().unwrap().join(path),
            };
            assert!(file.exists(), "{}: {target}", page.path.display());
            let named =
                name.is_empty() || has(&prose(&std::fs::read_to_string(file).unwrap()), name);
            assert!(named, "{}: {target} has no such heading", page.path.display());
        }
    }
}

#[test]
fn every_page_is_in_the_index() {
    let index = page("docs/README.md");
    for page in pages() {
        let Ok(path) = page.path.strip_prefix("docs") else { continue };
        let alone = path.parent() == Some(Path::new("")) && path != Path::new("README.md");
        assert!(!alone || index.contains(&format!("]({})", path.display())), "{}", path.display());
    }
}

#[test]
fn a_heading_is_named_as_on_github() {
    for (heading, name) in [
        ("Exit status", "exit-status"),
        ("`--policy <[NAME=]PATH>`", "--policy-namepath"),
        ("Write `a_b`, then run", "write-a_b-then-run"),
    ] {
        assert_eq!(anchor(heading), name);
    }
}
