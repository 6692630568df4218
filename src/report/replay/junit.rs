//! The groups of a replay's calls as JUnit test cases, for the test reports of CI systems.

use std::io::{self, Write};

use super::recorded::{describe, headline};
use super::report::{ReplayReport, group_name, others, shown_outcomes};
use crate::engine::Outcome;
use crate::replay::{By, Comparison, Group, RuleTotal, Totals};
use crate::report::common::escape::escape;
use crate::report::common::junit::{self, Case, Complaint, Suite, Verdict};
use crate::report::common::words::count;

/// Writes a test case for each group: a failure where calls were refused, an error where some
/// cannot be decided. Where a person is asked it passes, and says so.
///
/// # Errors
/// The output cannot be written.
pub fn write_replay_junit(out: &mut dyn Write, report: &ReplayReport<'_>) -> io::Result<()> {
    let by = report.totals.by;
    let top = report.groups(None);
    let named = |group: &&Group| case(report.totals, group_name(by, group), group);
    let mut cases: Vec<Case> = top.groups.iter().map(named).collect();
    if top.others > 0 {
        let rest = Group { name: None, counts: top.rest, closest: None };
        let name = format!("({})", others(&top, by));
        cases.push(case(report.totals, &name, &rest));
    }
    if let Some(compared) = &report.totals.recorded {
        cases.push(recorded_case(compared, report.totals.calls()));
    }
    let name = format!("calls by {}", by.name());
    junit::write(out, "gatelint replay", &[Suite { name, cases, words: None }])
}

fn case(totals: &Totals, name: &str, group: &Group) -> Case {
    let undecided = group.counts.of(Outcome::Indeterminate);
    // Nobody refused what a person is asked about.
    let asks = group.counts.of(Outcome::Ask) > 0;
    let complaint = |message, kind| {
        let words = Some(details(totals, group));
        Complaint { message, kind: Some(kind), words }
    };
    let verdict = match (group.counts.refused(), undecided) {
        (0, 0) => Verdict::Passed(asks.then(|| details(totals, group))),
        (0, undecided) => {
            let message = format!("{} cannot be decided", of(undecided, group));
            Verdict::Error(complaint(message, "indeterminate"))
        }
        (refused, undecided) => {
            let mut message = format!("{} refused", of(refused, group));
            if undecided > 0 {
                message += &format!(", {undecided} cannot be decided");
            }
            Verdict::Failure(complaint(message, "refused"))
        }
    };
    let class = Some(format!("gatelint.replay.{}", totals.by.name()));
    Case { name: escape(name).into_owned(), class, verdict }
}

/// A test case of its own: it fails where the gateway's record disagrees, and is an error where
/// nothing was recorded.
fn recorded_case(compared: &Comparison, calls: u64) -> Case {
    let complaint = |message, words| Complaint { message, kind: None, words };
    let verdict = match (compared.calls(), compared.disagreeing) {
        (0, _) => Verdict::Error(complaint("no call has a recorded decision".to_owned(), None)),
        (_, 0) => Verdict::Passed(None),
        _ => {
            let examples = compared.examples.iter();
            let examples: Vec<_> =
                examples.map(|example| escape(&describe(example)).into_owned()).collect();
            Verdict::Failure(complaint(headline(compared, calls), Some(examples.join("\n"))))
        }
    };
    let class = Some("gatelint.replay.recorded".to_owned());
    Case { name: "(recorded decisions)".to_owned(), class, verdict }
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
    for rule in totals.rules.iter().filter(|rule| rule.outcome != Outcome::Allow) {
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
