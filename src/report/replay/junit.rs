//! The groups of a replay's calls as JUnit test cases, for the test reports of CI systems.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::recorded::{describe, headline};
use super::report::{ReplayReport, group_name, others, shown_outcomes};
use crate::engine::Outcome;
use crate::replay::{By, Comparison, Group, RuleTotal, Totals};
use crate::report::common::escape::escape;
use crate::report::common::words::count;

/// Writes a test case for each group: a failure where calls were refused, an error where some
/// cannot be decided.
///
/// # Errors
/// The output cannot be written.
pub fn write_replay_junit(out: &mut dyn Write, report: &ReplayReport<'_>) -> io::Result<()> {
    let by = report.totals.by;
    let top = report.groups(None);
    let mut suite = TestSuite::new(format!("calls by {}", by.name()));
    for group in &top.groups {
        suite.add_test_case(case(report.totals, group_name(by, group), group));
    }
    if top.others > 0 {
        let rest = Group { name: None, counts: top.rest, closest: None };
        let name = format!("({})", others(&top, by));
        suite.add_test_case(case(report.totals, &name, &rest));
    }
    if let Some(compared) = &report.totals.recorded {
        suite.add_test_case(recorded_case(compared, report.totals.calls()));
    }
    let mut junit = Report::new("gatelint replay");
    junit.add_test_suite(suite);
    junit.serialize(out).map_err(io::Error::other)
}

fn case(totals: &Totals, name: &str, group: &Group) -> TestCase {
    let undecided = group.counts.of(Outcome::Indeterminate);
    let (kind, message) = match (group.counts.refused(), undecided) {
        (0, 0) => (None, String::new()),
        (0, undecided) => {
            (Some(NonSuccessKind::Error), format!("{} cannot be decided", of(undecided, group)))
        }
        (refused, 0) => (Some(NonSuccessKind::Failure), format!("{} refused", of(refused, group))),
        (refused, undecided) => (
            Some(NonSuccessKind::Failure),
            format!("{} refused, {undecided} cannot be decided", of(refused, group)),
        ),
    };
    let status = match kind {
        None => TestCaseStatus::success(),
        Some(kind) => {
            let mut status = TestCaseStatus::non_success(kind);
            status.set_message(message).set_type(kind_name(kind));
            status.set_description(details(totals, group));
            status
        }
    };
    let mut case = TestCase::new(escape(name).into_owned(), status);
    case.set_classname(format!("gatelint.replay.{}", totals.by.name()));
    case
}

/// A test case of its own: it fails where the gateway's record disagrees, and is an error where
/// nothing was recorded.
fn recorded_case(compared: &Comparison, calls: u64) -> TestCase {
    let mut status = match (compared.calls(), compared.disagreeing) {
        (0, _) => TestCaseStatus::non_success(NonSuccessKind::Error),
        (_, 0) => TestCaseStatus::success(),
        _ => TestCaseStatus::non_success(NonSuccessKind::Failure),
    };
    let examples: Vec<String> =
        compared.examples.iter().map(|example| escape(&describe(example)).into_owned()).collect();
    if compared.calls() == 0 {
        status.set_message("no call has a recorded decision");
    } else if compared.disagreeing > 0 {
        status.set_message(headline(compared, calls)).set_description(examples.join("\n"));
    }
    let mut case = TestCase::new("(recorded decisions)", status);
    case.set_classname("gatelint.replay.recorded");
    case
}

fn kind_name(kind: NonSuccessKind) -> &'static str {
    match kind {
        NonSuccessKind::Failure => "refused",
        NonSuccessKind::Error => "indeterminate",
    }
}

fn of(number: u64, group: &Group) -> String {
    format!("{number} of {}", count(group.counts.calls(), "call"))
}

/// The outcomes, and the rules that refused calls of the group where that is known.
fn details(totals: &Totals, group: &Group) -> String {
    let outcomes = shown_outcomes(&group.counts).into_iter();
    let outcomes: Vec<String> =
        outcomes.map(|outcome| format!("{outcome} {}", group.counts.of(outcome))).collect();
    let mut lines = vec![outcomes.join(", ")];
    for rule in &totals.rules {
        let Some(calls) = refused(rule, totals.by, group) else { continue };
        lines.push(format!("{} {calls}: {} at {}", rule.outcome, rule.rule, rule.pointer));
    }
    let lines: Vec<_> = lines.iter().map(|line| escape(line)).collect();
    lines.join("\n")
}

/// How many calls of a group a rule refused, if any.
fn refused(rule: &RuleTotal, by: By, group: &Group) -> Option<u64> {
    let name = group.name.as_deref()?;
    let of = |named: &[(String, u64)]| named.iter().find(|(other, _)| other == name).map(|it| it.1);
    match by {
        By::Tool => of(&rule.tools),
        By::Grant => of(&rule.grants),
        By::Rule => (rule.rule == name).then_some(rule.calls),
        By::Server | By::Hour | By::Day => None,
    }
}
