//! Fixes on every policy of `fixtures/policies`, and on damaged ones: that they keep every byte
//! that they do not edit, that making them twice changes nothing more, and that they do good.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use gatelint::catalogue::Catalogue;
use gatelint::lint::{Class, Report, Safety, fix, lint};
use gatelint::source::{Document, Edit, apply};
use proptest::prelude::*;
use proptest::sample::Index;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::builtin);

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

fn judge(document: Document) -> Report {
    lint(document, &CATALOGUE, None, None)
}

/// How often each rule says that the gateway refuses the policy.
fn refusals(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.class == Class::Invalid) {
        *counts.entry(finding.rule.name).or_default() += 1;
    }
    counts
}

/// What must be true of the fixes of any text at all.
fn check(name: &str, bytes: &[u8], up_to: Safety) {
    let document = || Document::read(name, bytes.to_vec());
    let before = judge(document());
    for finding in &before.findings {
        let Some(made) = &finding.fix else { continue };
        assert!(!made.edits.is_empty() && !made.title.is_empty(), "{name}: {}", finding.rule.name);
        check_bytes(&before.document.text, &made.edits);
    }
    let comments = |document: &Document| -> Vec<String> {
        let mut texts: Vec<String> =
            document.comments.iter().map(|comment| comment.text.trim_end().to_owned()).collect();
        texts.sort();
        texts
    };
    let commented = comments(&before.document);
    let (broken, dialect) = (refusals(&before), before.dialect);
    let fixed = fix(before, up_to, judge);
    // The result is read as what it was, and is refused for no reason that was not there before.
    assert_eq!(fixed.report.dialect, dialect, "{name}: {}", fixed.report.document.text);
    for (rule, count) in refusals(&fixed.report) {
        let before = broken.get(rule).copied().unwrap_or(0);
        assert!(count <= before, "{name}: {rule}: {}", fixed.report.document.text);
    }
    assert_eq!(comments(&fixed.report.document), commented, "{name}: a comment is lost");
    let text = fixed.report.document.text.clone();
    let again = fix(judge(Document::read(name, text.clone().into_bytes())), up_to, judge);
    assert_eq!(again.made, [], "{name}: fixing twice changes something:\n{text}");
    assert_eq!(again.report.document.text, text);
    if fixed.made.is_empty() {
        assert_eq!(text, document().text, "{name}: nothing was made and something changed");
    }
}

/// Every byte outside of the edits is where it was, and in the same order.
fn check_bytes(text: &str, edits: &[Edit]) {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span.start);
    for pair in edits.windows(2) {
        assert!(pair[0].span.end <= pair[1].span.start, "edits overlap: {pair:?}");
    }
    let owned: Vec<Edit> = edits.iter().map(|edit| (*edit).clone()).collect();
    let mut after = apply(text, &owned);
    // Undoing the edits from the last to the first gives the text back.
    let mut shift: isize = 0;
    let mut places = Vec::new();
    for edit in &edits {
        let start = edit.span.start.checked_add_signed(shift).unwrap();
        places.push((start, edit.text.len(), text[edit.span.clone()].to_owned()));
        shift +=
            isize::try_from(edit.text.len()).unwrap() - isize::try_from(edit.span.len()).unwrap();
    }
    for (start, length, old) in places.into_iter().rev() {
        after.replace_range(start..start + length, &old);
    }
    assert_eq!(after, text);
}

#[test]
fn every_fix_of_every_policy_keeps_other_bytes_and_is_final() {
    for (name, bytes) in ALL.iter() {
        check(name, bytes, Safety::Safe);
        check(name, bytes, Safety::Unsafe);
    }
}

#[test]
fn windows_line_breaks_stay() {
    for (name, bytes) in ALL.iter() {
        let text = String::from_utf8(bytes.clone()).unwrap().replace('\n', "\r\n");
        check(name, text.as_bytes(), Safety::Unsafe);
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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fixes_of_damaged_policies_keep_other_bytes_and_are_final(
        which in any::<Index>(),
        place in any::<Index>(),
        length in 0..12_usize,
        with in prop::sample::select(vec![
            "", "{", "]", ",", "\n", "  ", "- ", "x", "\"", "# why", ": ", "null", "é", "&a ", "*a", "|\n", "window", "limts",
        ]),
    ) {
        let (name, bytes) = which.get(&ALL);
        let mut bytes = bytes.clone();
        let start = place.index(bytes.len() + 1);
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, with.bytes());
        check(name, &bytes, Safety::Safe);
        check(name, &bytes, Safety::Unsafe);
    }
}
