//! How the sources are laid out: imports run one way, files are small, nothing is left open.

mod circles;
mod habits;
mod invented;
mod module;
mod tokens;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};

use circles::{circles, in_words};
use habits::{against_the_order, left_open, too_long};
use tree::Tree;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source as its path below `src`, with its text.
fn sources() -> Vec<(String, String)> {
    let (mut sources, mut folders) = (Vec::new(), vec![root()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap();
                sources.push((name.replace('\\', "/"), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(sources.len() > 100, "the sources are not where they were");
    sources.sort();
    sources
}

fn tree(sources: &[(String, String)]) -> Tree {
    Tree::read(sources.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let arrows = tree(&sources()).arrows();
    assert!(arrows.len() > 1_000, "{} imports are seen", arrows.len());
    let shown: Vec<String> =
        circles(&arrows).iter().map(|circle| in_words(circle, &arrows)).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn a_room_imports_only_from_those_above_it_in_the_library() {
    let lib = fs::read_to_string(root().join("lib.rs")).unwrap();
    let found = against_the_order(&tree(&sources()).arrows(), &lib);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_file_is_long() {
    assert_eq!(too_long(&sources()), [""; 0]);
}

#[test]
fn nothing_is_left_to_do() {
    assert_eq!(left_open(&sources()), [""; 0]);
}
