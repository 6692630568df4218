//! Texts of policies: how they are read, judged and mended.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use gatelint::catalogue::Catalogue;
use gatelint::lint::{Class, Report, Safety, fix, lint};
use gatelint::policy;
use gatelint::source::{Document, Edit, Kind, Node, apply};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::builtin);

/// A text of any kind is read, linted and mended as it should be. The first byte says whether it is
/// JSON or YAML.
pub fn holds(data: &[u8]) {
    let [kind, text @ ..] = data else { return };
    let name = if kind % 2 == 0 { "policy.json" } else { "policy.yaml" };
    reads(name, text);
    fixes_hold(name, text, Safety::Safe);
    fixes_hold(name, text, Safety::Unsafe);
}

/// Checks that every span lies in the text and children lie in their parents, but for aliases,
/// whose children stand where the value is defined.
fn check_spans(node: &Node, text: &str) {
    let range = node.span.range();
    assert!(text.get(range.clone()).is_some(), "{range:?} of {}", text.len());
    if node.defined.is_some() {
        return;
    }
    let inside = |child: &Node| {
        let child = child.span.range();
        assert!(range.start <= child.start && child.end <= range.end, "{child:?} in {range:?}");
    };
    for entry in node.entries() {
        assert!(text.get(entry.key.span.range()).is_some());
        check_spans(&entry.value, text);
    }
    for element in node.elements() {
        inside(element);
        check_spans(element, text);
    }
    if let Kind::Scalar(scalar) = &node.kind {
        assert!(scalar.text.len() <= text.len() * 3);
    }
}

/// Every problem and every part of a document lies in its text.
pub fn reads(name: &str, bytes: &[u8]) {
    let document = Document::read(name, bytes.to_vec());
    for problem in &document.problems {
        assert!(problem.span.start() <= problem.span.end(), "{problem:?}");
        assert!(document.text.get(problem.span.range()).is_some(), "{problem:?}");
    }
    if let Some(root) = &document.root {
        check_spans(root, &document.text);
    }
    _ = policy::read(&document, None);
}

/// Lints a document with the built-in catalogue.
pub fn judge(document: Document) -> Report {
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

/// What must be true of the fixes of any text at all: they keep every byte that they do not edit, and
/// every comment; the result is read in the same dialect and is refused for no new reason; and
/// making them twice changes nothing more.
pub fn fixes_hold(name: &str, bytes: &[u8], up_to: Safety) {
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
    if std::str::from_utf8(bytes).is_err() {
        assert_eq!(fixed.made, [], "{name}: what is no text cannot be mended");
        return;
    }
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
