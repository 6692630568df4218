//! What must come of calls and what came of them, in words.

use super::report::{FailedCase, Mutants, TestCounts, TestReport, TestedSet};
use crate::mutation::{Fate, Mutant};
use crate::report::access::words::Lines;
use crate::report::common::secrets::Secrets;
use crate::report::common::words::{by_number, count};
use crate::report::coverage::percent_covered;
use crate::testing::{Case, Expected, Found, Played, Slip, Wrong, span_text};
use crate::trace::write_record;

/// How many expectations are met, in words.
pub(super) fn tally(counts: TestCounts) -> String {
    let TestCounts { cases, passed, statements, holding, .. } = counts;
    let mut parts = Vec::new();
    if cases > 0 {
        let verb = by_number(cases as u64, "passes", "pass");
        parts.push(format!("{passed} of {} {verb}", count(cases as u64, "case")));
    }
    if statements > 0 {
        let verb = by_number(statements as u64, "holds", "hold");
        parts.push(format!("{holding} of {} {verb}", count(statements as u64, "statement")));
    }
    parts.extend(left_out(counts));
    if counts.broken > 0 {
        let files = count(counts.broken as u64, "test file");
        parts.push(format!("{files} could not be run"));
    }
    if parts.is_empty() { "nothing was tested".to_owned() } else { parts.join(", ") }
}

/// How many expectations were left out, in words; none where none was.
pub(super) fn left_out(counts: TestCounts) -> Option<String> {
    let parts = [(counts.left_out, "case"), (counts.unasked, "statement")];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, what)| count(number as u64, what)).collect();
    (!parts.is_empty()).then(|| format!("{} left out", parts.join(" and ")))
}

/// The call that failed, as a record, and which of the case's it is.
pub(super) fn call(case: &Case, played: &Played<'_>, secrets: &Secrets) -> [String; 2] {
    let mut record = secrets.record(&played.step.record);
    record.time = Some(played.time);
    let mut text = String::new();
    if case.steps.len() > 1 {
        text += &format!(", step {}", played.index + 1);
    }
    if played.step.times > 1 {
        text += &format!(", the {} time of {}", ordinal(played.time_of), played.step.times);
    }
    [write_record(&record), text]
}

/// What must come of a call.
pub(super) fn expected(expected: &Expected) -> String {
    let mut text = expected.outcome.to_string();
    let parts = [
        expected.rule.as_ref().map(|rule| format!("by {rule}")),
        expected.retry.map(|retry| format!("room after {}", span_text(retry))),
        expected.missing.map(|fact| format!("missing {}", fact.code())),
        expected.message.as_ref().map(|message| format!("message `{message}`")),
    ];
    for part in parts.into_iter().flatten() {
        text += &format!(", {part}");
    }
    text
}

/// What came of a call; beside its outcome and rule what is wrong.
pub(super) fn found(found: &Found<'_>, wrong: &[Wrong]) -> String {
    let Some(outcome) = found.outcome else {
        return "no policy is for the server of the call".to_owned();
    };
    let mut text = outcome.to_string();
    if !found.rule.is_empty() {
        text += &format!(", by {}", found.rule);
    }
    if let Some(fact) = found.missing {
        text += &format!(", missing {}", fact.code());
    }
    if wrong.contains(&Wrong::Retry) {
        text += &match found.retry {
            Some(retry) => format!(", room after {}", span_text(retry)),
            None => ", and never room again".to_owned(),
        };
    }
    if wrong.contains(&Wrong::Message) {
        text += &format!(", message `{}`", found.message);
    }
    text
}

/// What became of mutants, in words.
pub(super) fn mutants(mutants: &Mutants<'_>) -> String {
    let [survive, unknown] = [mutants.survivors().count(), mutants.unknown().count()];
    let killed = mutants.killed();
    let all = killed + survive + unknown;
    let mut text = format!("{killed} of {} killed", count(all as u64, "mutant"));
    for (number, one, many, rest) in [
        (survive, "survives", "survive", "the tests"),
        (unknown, "cannot be told", "cannot be told", "and may survive"),
        (
            mutants.equivalent(),
            "decides",
            "decide",
            "every call as the policy does (proved, not counted)",
        ),
    ] {
        if number > 0 {
            text += &format!("; {number} {} {rest}", by_number(number as u64, one, many));
        }
    }
    text
}

/// Which name of a case is a slip, and of which one.
pub(super) fn slip(set: &TestedSet<'_>, slip: &Slip<'_>) -> String {
    let (tool, meant) = (&slip.step.record.tool, &slip.meant);
    let what = match &slip.argument {
        Some(argument) => format!("no condition on `{tool}` looks at `{argument}`"),
        None => format!("no rule of {} names `{tool}`", set.name()),
    };
    format!("{}: {what}, did you mean `{meant}`?", slip.case.name)
}

/// What is wrong with the tests that a mutant passes; none of one that they kill.
pub(super) fn passes(fate: &Fate<'_>, secrets: &Secrets) -> Option<String> {
    match fate {
        Fate::Survives(case) => {
            Some(format!("no test fails; missing: {}", missing_line(case, secrets)))
        }
        Fate::Unknown(why) => Some(format!(
            "no test fails, and whether it decides any call otherwise cannot be told: {why}"
        )),
        Fate::KilledByCase(_) | Fate::KilledByStatement(_) | Fate::Equivalent => None,
    }
}

/// A mutant with its place.
pub(super) fn mutant(mutants: &Mutants<'_>, number: usize, mutant: &Mutant) -> String {
    let (file, line) = mutants.place(number, mutant);
    format!("{mutant} ({file}:{line})")
}

/// How much of the policies is covered, and how much must be.
pub(super) fn covered(report: &TestReport<'_>) -> Option<String> {
    let share = report.coverage.as_ref()?.share();
    let least = report.least.map(|least| format!(", at least {least} % must be"));
    Some(format!(
        "{} is covered ({} of {}){}",
        percent_covered(share.percent()),
        share.covered,
        share.items,
        least.unwrap_or_default()
    ))
}

/// The calls of a case that is missing, each with how often and when it is made and what must come of it.
pub(super) fn missing(case: &Case, secrets: &Secrets) -> Vec<[String; 2]> {
    let steps = case.steps.iter().map(|step| {
        let record = write_record(&secrets.record(&step.record));
        let often = if step.times > 1 { format!(" {} times", step.times) } else { String::new() };
        let at = match step.at.is_zero() {
            true => String::new(),
            false => format!(" at {}", span_text(step.at)),
        };
        [record, format!("{often}{at}: {}", step.expected.outcome)]
    });
    steps.collect()
}

/// The same on one line.
pub(super) fn missing_line(case: &Case, secrets: &Secrets) -> String {
    let steps = missing(case, secrets);
    steps.iter().map(|step| step.concat()).collect::<Vec<_>>().join("; then ")
}

/// What failed of a case in one line, with the places of what was expected and of the rule that decided.
pub(super) fn failure(
    lines: &Lines<'_>,
    set: &TestedSet<'_>,
    case: &Case,
    failed: &FailedCase<'_>,
) -> String {
    let failure = &failed.failure;
    let expectation = &failure.played.step.expected;
    let must = expected(expectation);
    let at = format!("{}:{}", lines.document.name, lines.of(expectation.pointer.as_str()));
    let is = found(&failure.found, &failure.wrong);
    let rule = set.rule_at(&failure.found).map(|place| format!(" ({place})")).unwrap_or_default();
    let remedy = failed.remedy.iter().map(|remedy| format!(" ({remedy})"));
    let remedy: String = remedy.collect();
    format!(
        "expected {must} ({at}); found {is}{rule}{remedy}: {}",
        call(case, &failure.played, set.secrets).concat()
    )
}

fn ordinal(number: u64) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}
