//! Tests in the editor: what of a policy fails under the test files beside it, and what they do not come to.
//!
//! Only policies of one file are tested here, and test files that assume nothing: others are for `gatelint test`.

use std::path::{Path, PathBuf};

use super::address::{address, path};
use super::open::Open;
use super::position::{range, range_in};
use super::protocol::{Diagnostic, Location, Related};
use crate::coverage::{Coverage, Item, Part};
use crate::engine::{Gate, Seen};
use crate::policy::{self, Policy};
use crate::replay::Policies;
use crate::report::escape;
use crate::source::{Document, LineTable, Place, Pointer};
use crate::testing::{self, Case, Failure, Suite, first_failure, is_test_file, policy_beside};

/// How many calls are decided while somebody types.
const MOST_CALLS: u64 = 20_000;

/// What came of the tests of a policy.
pub(super) struct Tested {
    /// What fails, and what no case comes to.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How many cases pass and how much they come to, in words.
    pub(super) title: String,
}

/// Runs the test files that stand beside a policy and are for it; none where there are none.
pub(super) fn of_policy(open: &Open, uri: &str) -> Option<Tested> {
    let own = PathBuf::from(path(uri));
    let policy = policy::read(&open.document, open.dialect).policy?;
    if policy.permissions.is_some() {
        return None;
    }
    let policies = of_one(&policy);
    let gate = policies.iter().next()?.1;
    let mut seen = vec![Seen::new(&policy, gate.limits())];
    let (mut cases, mut passed, mut diagnostics) = (0, 0, Vec::new());
    for (file, document, suite) in test_files(&own) {
        if calls(&suite) > MOST_CALLS || !suite.assume.is_empty() {
            continue;
        }
        for case in &suite.cases {
            cases += 1;
            match first_failure(case, &policies, Some(&mut seen)) {
                None => passed += 1,
                Some(failure) => diagnostics.push(failing(open, case, &failure, &file, &document)),
            }
        }
    }
    if cases == 0 {
        return None;
    }
    let coverage = Coverage::new(&policy, gate, &seen[0]);
    let parts = coverage.parts.iter().filter(|part| part.never().next().is_some());
    diagnostics.extend(parts.map(|part| uncovered(open, part)));
    let percent = coverage.share().percent();
    let title = format!("{passed} of {cases} cases pass, {percent} % covered: run the tests");
    Some(Tested { diagnostics, title })
}

/// What is wrong in a test file, and which of its cases fail under the policies as they lie on the disk.
pub(super) fn of_test_file(open: &Open, uri: &str) -> Vec<Diagnostic> {
    let own = PathBuf::from(path(uri));
    let suite = match testing::read(&open.document) {
        Ok(suite) => suite,
        Err(mistakes) => {
            let diagnostic = |mistake: crate::assertion::Mistake| {
                let help = mistake.help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
                let message = format!("{}{help}", mistake.message);
                of_span(open, &mistake.span, ERROR, "test-file", message)
            };
            return mistakes.into_iter().map(diagnostic).collect();
        }
    };
    if calls(&suite) > MOST_CALLS || !suite.assume.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for path in policies_of(&suite, &own) {
        let Some(policy) = read(&path).and_then(|document| policy::read(&document, None).policy)
        else {
            continue;
        };
        let policies = of_one(&policy);
        for case in suite.cases.iter().filter(|_| policy.permissions.is_none()) {
            let Some(failure) = first_failure(case, &policies, None) else { continue };
            let span =
                open.document.span_of(&Place::value(failure.played.step.expected.pointer.clone()));
            let message = format!("{}: {} under {}", case.name, words(&failure), path.display());
            found.push(of_span(open, &span, ERROR, "case-fails", message));
        }
    }
    found
}

const ERROR: u8 = 1;
const WARNING: u8 = 2;
const HINT: u8 = 4;

/// A policy for all servers.
fn of_one(policy: &Policy) -> Policies {
    let mut policies = Policies::default();
    policies.add(None, String::new(), Gate::new(policy));
    policies
}

/// The test files beside a policy that are for it alone.
fn test_files(policy: &Path) -> Vec<(PathBuf, Document, Suite)> {
    let entries = policy.parent().and_then(|folder| std::fs::read_dir(folder).ok());
    let paths = entries.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = paths.filter(|path| is_test_file(path)).collect();
    paths.sort();
    let same =
        |path: &PathBuf| path == policy || path.canonicalize().ok() == policy.canonicalize().ok();
    let read = |path: PathBuf| {
        let document = read(&path)?;
        let suite = testing::read(&document).ok()?;
        policies_of(&suite, &path).iter().any(same).then_some((path, document, suite))
    };
    paths.into_iter().filter_map(read).collect()
}

/// The policies that a test file is for, those of several servers left out.
fn policies_of(suite: &Suite, file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let named = suite.policies.iter().filter_map(|tested| match tested.members.as_slice() {
        [(None, path)] => Some(folder.join(path)),
        _ => None,
    });
    match suite.policies.is_empty() {
        true => policy_beside(file).into_iter().collect(),
        false => named.collect(),
    }
}

fn read(path: &Path) -> Option<Document> {
    let is_file = path.metadata().is_ok_and(|file| file.is_file());
    let bytes = is_file.then(|| std::fs::read(path).ok()).flatten()?;
    Some(Document::read(path.display().to_string(), bytes))
}

fn calls(suite: &Suite) -> u64 {
    let steps = suite.cases.iter().flat_map(|case| &case.steps);
    steps.fold(0, |calls, step| calls.saturating_add(step.times))
}

/// A case that fails, at what decided otherwise.
fn failing(
    open: &Open,
    case: &Case,
    failure: &Failure<'_, '_>,
    file: &Path,
    document: &Document,
) -> Diagnostic {
    let place = Place::value(Pointer::parse(failure.found.pointer));
    let span = match failure.found.pointer {
        "" => 0..0,
        _ => open.document.span_of(&place),
    };
    let message = format!("the test `{}` fails: {}", case.name, words(failure));
    let mut diagnostic = of_span(open, &span, WARNING, "case-fails", message);
    let span = document.span_of(&Place::value(failure.played.step.expected.pointer.clone()));
    let uri = address(&file.display().to_string());
    let lines = LineTable::new(&document.text);
    diagnostic.related_information.push(Related {
        location: Location { uri, range: range_in(&document.text, &lines, &span) },
        message: "what it expects".to_owned(),
    });
    diagnostic
}

fn words(failure: &Failure<'_, '_>) -> String {
    let expected = failure.played.step.expected.outcome;
    match failure.found.outcome {
        Some(found) if found == expected => format!("{found}, in another way than expected"),
        Some(found) => format!("expected {expected}, found {found}"),
        None => "no policy is for the server of the call".to_owned(),
    }
}

/// A part of a policy that no case comes to.
fn uncovered(open: &Open, part: &Part<'_>) -> Diagnostic {
    let never: Vec<&str> = part.never().map(Item::name).collect();
    let span = open.document.span_of(&Place::value(Pointer::parse(part.what.pointer())));
    let message =
        format!("no test covers this {}: never {}", part.what.kind().name(), never.join(", nor "));
    of_span(open, &span, HINT, "not-covered", message)
}

fn of_span(
    open: &Open,
    span: &std::ops::Range<usize>,
    severity: u8,
    code: &'static str,
    message: String,
) -> Diagnostic {
    Diagnostic {
        range: range(open, span),
        severity,
        code,
        source: "gatelint",
        message: escape(&message).into_owned(),
        related_information: Vec::new(),
    }
}
