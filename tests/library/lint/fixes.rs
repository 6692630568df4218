//! Fixes on every policy of `fixtures/policies`: that they keep every byte that they do not edit, that
//! making them twice changes nothing more, and that they do good.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use gatelint::lint::{Safety, fix};
use gatelint::source::Document;

use crate::properties::policy::{fixes_hold, judge};

/// Every policy of the fixtures by name.
static ALL: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies");
    let mut paths: Vec<PathBuf> = ["bad", "good", "mistakes", "seed", "examples"]
        .into_iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending != "expected"))
        .collect();
    paths.sort();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
});

#[test]
fn every_fix_of_every_policy_keeps_other_bytes_and_is_final() {
    for (name, bytes) in ALL.iter() {
        fixes_hold(name, bytes, Safety::Safe);
        fixes_hold(name, bytes, Safety::Unsafe);
    }
}

#[test]
fn windows_line_breaks_stay() {
    for (name, bytes) in ALL.iter() {
        let text = String::from_utf8(bytes.clone()).unwrap().replace('\n', "\r\n");
        fixes_hold(name, text.as_bytes(), Safety::Unsafe);
        let fixed =
            fix(judge(Document::read(name.as_str(), text.into_bytes())), Safety::Unsafe, judge);
        let text = &fixed.report.document.text;
        assert!(!text.replace("\r\n", "").contains('\n'), "{name}: {text}");
    }
}

#[test]
fn good_and_recommended_policies_are_left_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies");
    for folder in ["good", "seed"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let document = Document::read(path.display().to_string(), fs::read(&path).unwrap());
            let fixed = fix(judge(document), Safety::Safe, judge);
            assert_eq!(fixed.made, [], "{}", path.display());
        }
    }
}
