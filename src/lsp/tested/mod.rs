//! Tests in the editor: what of a policy fails under the test files near it, and what they do not come to.

mod workspace;

use std::path::PathBuf;

pub(super) use self::workspace::Workspace;
use self::workspace::{Member, ReadAs, Set, TestFile};
use super::address::{address, path};
use super::open::Open;
use super::position::{range, range_in};
use super::protocol::{Diagnostic, Location, Related};
use crate::assertion::Mistake;
use crate::coverage::{Coverage, Item, Part, Share};
use crate::engine::Seen;
use crate::policy::real_path;
use crate::report::escape;
use crate::source::{LineTable, Place, Pointer};
use crate::testing::{self, Case, Failure, Suite, first_failure};

/// How many calls are decided while somebody types.
const MOST_CALLS: u64 = 20_000;

/// What came of the tests of a policy.
pub(super) struct Tested {
    /// What fails, what no case comes to, and what is not tested here.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How many cases pass and how much they come to, in words.
    pub(super) title: String,
}

/// A policy as a test file reads it, and what the cases of all that read it so have met of it.
struct Run {
    set: Set,
    number: usize,
    seen: Seen,
}

impl Run {
    fn member(&self) -> &Member {
        &self.set.members[self.number]
    }
}

/// Runs the test files near a policy that are for it; none where there are none.
pub(super) fn of_policy(open: &Open, uri: &str, workspace: &Workspace<'_>) -> Option<Tested> {
    let own = real_path(&path(uri));
    let (mut cases, mut passed, mut diagnostics) = (0, 0, Vec::new());
    let mut runs: Vec<Run> = Vec::new();
    for file in workspace.tests_near(&own) {
        let TestFile { path, document, suite } = &file;
        let not_here = |why: &str| not_tested(open, 0..0, &format!("{}: {why}", path.display()));
        // What is wrong in a test file is said there.
        for set in workspace.sets(suite, document, path).into_iter().flatten() {
            let set = match set {
                Ok(set) => set,
                Err(untested) => {
                    diagnostics.extend(untested.may_be_of(&own).then(|| not_here(&untested.why)));
                    continue;
                }
            };
            let Some(number) = set.members.iter().position(|member| member.is_of(&own)) else {
                continue;
            };
            if let Some(why) = too_much(suite) {
                diagnostics.push(not_here(&why));
                continue;
            }
            let mut seen = set.unseen();
            for case in &suite.cases {
                cases += 1;
                match first_failure(case, &set.policies, Some(&mut seen)) {
                    None => passed += 1,
                    Some(failure) => {
                        let span = span_of(open, &own, number, &failure);
                        diagnostics.push(failing(open, case, &failure, &span, &file));
                    }
                }
            }
            let seen = seen.swap_remove(number);
            let read = |run: &Run| -> ReadAs { run.member().read.clone() };
            match runs.iter_mut().find(|run| read(run) == set.members[number].read) {
                Some(run) => run.seen.merge(&seen),
                None => runs.push(Run { set, number, seen }),
            }
        }
    }
    let mut share = Share::default();
    for run in &runs {
        let gate = run.set.policies.iter().nth(run.number)?.1;
        let coverage = Coverage::new(&run.member().policy, gate, &run.seen);
        let parts = coverage.parts.iter().filter(|part| stands_in(part, &own));
        for part in parts {
            share = share.plus(part.share());
            diagnostics.extend(part.never().next().map(|_| uncovered(open, part)));
        }
    }
    let title = match cases {
        0 if diagnostics.is_empty() => return None,
        0 => "no case runs in the editor: `gatelint test` runs them".to_owned(),
        _ => {
            let percent = share.percent();
            format!("{passed} of {cases} cases pass, {percent} % covered: run the tests")
        }
    };
    Some(Tested { diagnostics, title })
}

/// What is wrong in a test file, which of its cases fail under the policies, and what is not tested here.
pub(super) fn of_test_file(open: &Open, uri: &str, workspace: &Workspace<'_>) -> Vec<Diagnostic> {
    let own = PathBuf::from(path(uri));
    let suite = match testing::read(&open.document) {
        Ok(suite) => suite,
        Err(mistakes) => {
            return mistakes.into_iter().map(|mistake| of_mistake(open, mistake)).collect();
        }
    };
    let sets = match workspace.sets(&suite, &open.document, &own) {
        Ok(sets) => sets,
        Err(mistake) => return vec![of_mistake(open, mistake)],
    };
    let named = |member: &str| open.document.span_of(&Place::key(Pointer::root().key(member)));
    let mut found = Vec::new();
    if !suite.statements.is_empty() {
        let why = "statements are proved by `gatelint test` alone";
        found.push(not_tested(open, named("statements"), why));
    }
    if let Some(why) = too_much(&suite) {
        found.push(not_tested(open, named("cases"), &why));
        return found;
    }
    for set in sets {
        let set = match set {
            Ok(set) => set,
            Err(untested) => {
                found.push(not_tested(open, named("for"), &untested.why));
                continue;
            }
        };
        let names: Vec<&str> = set.policies.iter().map(|(name, _)| name).collect();
        for case in &suite.cases {
            let Some(failure) = first_failure(case, &set.policies, None) else { continue };
            let span =
                open.document.span_of(&Place::value(failure.played.step.expected.pointer.clone()));
            let message = format!("{}: {} under {}", case.name, words(&failure), names.join(", "));
            found.push(of_span(open, &span, ERROR, "case-fails", message));
        }
    }
    found
}

const ERROR: u8 = 1;
const WARNING: u8 = 2;
const HINT: u8 = 4;

fn of_mistake(open: &Open, mistake: Mistake) -> Diagnostic {
    let mut diagnostic = of_span(open, &mistake.span, ERROR, "test-file", mistake.message);
    if let Some(help) = mistake.help {
        diagnostic.message += &format!("\nhelp: {}", escape(&help));
    }
    diagnostic
}

/// Says why something is not tested in the editor.
fn not_tested(open: &Open, span: std::ops::Range<usize>, why: &str) -> Diagnostic {
    of_span(open, &span, HINT, "not-tested", format!("not tested in the editor: {why}"))
}

/// Why a test file is too much for an editor, if it is.
fn too_much(suite: &Suite) -> Option<String> {
    let steps = suite.cases.iter().flat_map(|case| &case.steps);
    let calls = steps.fold(0_u64, |calls, step| calls.saturating_add(step.times));
    let why = format!("{calls} calls are too many while somebody types, `gatelint test` runs them");
    (calls > MOST_CALLS).then_some(why)
}

/// Whether a part of a policy stands in a file: what has no file of its own stands in the policy's.
fn stands_in(part: &Part<'_>, own: &str) -> bool {
    part.what.origin().is_none_or(|origin| origin.file.as_deref() == Some(own))
}

/// Where what decided a case stands in a document; its beginning where it stands elsewhere.
fn span_of(
    open: &Open,
    own: &str,
    number: usize,
    failure: &Failure<'_, '_>,
) -> std::ops::Range<usize> {
    let found = &failure.found;
    let place = found.place.and_then(|place| place.rsplit_once(':'));
    match place {
        Some((file, line)) if file == own => line_span(open, line.parse().unwrap_or_default()),
        None if found.policy == u32::try_from(number).ok() && !found.pointer.is_empty() => {
            open.document.span_of(&Place::value(Pointer::parse(found.pointer)))
        }
        _ => 0..0,
    }
}

/// A line, counted from 1, without what it is indented by.
fn line_span(open: &Open, line: usize) -> std::ops::Range<usize> {
    let text = &open.document.text;
    let start = open.lines.start_of(line.saturating_sub(1), text);
    let line = text[start..].lines().next().unwrap_or("");
    let indent = line.len() - line.trim_start().len();
    start + indent..start + line.trim_end().len().max(indent)
}

/// A case that fails, at what decided otherwise.
fn failing(
    open: &Open,
    case: &Case,
    failure: &Failure<'_, '_>,
    span: &std::ops::Range<usize>,
    TestFile { path, document, .. }: &TestFile,
) -> Diagnostic {
    let message = format!("the test `{}` fails: {}", case.name, words(failure));
    let mut diagnostic = of_span(open, span, WARNING, "case-fails", message);
    let span = document.span_of(&Place::value(failure.played.step.expected.pointer.clone()));
    let uri = address(&path.display().to_string());
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
    let span = match part.what.origin() {
        Some(origin) => line_span(open, origin.line as usize),
        None => open.document.span_of(&Place::value(Pointer::parse(part.what.pointer()))),
    };
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
