//! Where the replay and the gateway's own record disagree, for people.

use std::fmt::Write;

use super::report::shown_outcomes;
use crate::engine::Outcome;
use crate::replay::{Comparison, Counts, Disagreement};
use crate::report::common::escape::escape;
use crate::report::common::style::Style;
use crate::report::common::table::{Align, write_table};
use crate::report::common::words;
use crate::report::common::words::{count, cut};

/// How much of what the gateway told a caller is shown.
const LONG: usize = 120;

/// Writes how the replay compares with what was recorded, of so many calls.
pub(in crate::report) fn write_recorded(
    out: &mut String,
    compared: &Comparison,
    calls: u64,
    style: &Style,
) {
    let whose = if compared.of_agent { "what the agent did" } else { "the gateway's record" };
    _ = writeln!(out, "\n{}", style.bold(&format!("Compared with {whose}")));
    if compared.calls() == 0 {
        _ = writeln!(out, "  no call has a recorded decision");
        return;
    }
    _ = writeln!(out, "  {}", headline(compared, calls));
    if !compared.knows_throttle && compared.matrix[Outcome::Deny as usize].of(Outcome::Throttle) > 0
    {
        let why = "the record has no throttled calls, so one that it denied agrees with one throttled here";
        _ = writeln!(out, "  {why}");
    }
    let mut decided = Counts::default();
    compared.matrix.iter().for_each(|row| decided.merge(row));
    let shown = shown_outcomes(&decided);
    if compared.approved > 0 {
        let calls = count(compared.approved, "call");
        let why = match compared.of_agent {
            true => "ran, which agrees: the log does not tell whether somebody was asked",
            false => "had been approved, which agrees",
        };
        _ = writeln!(out, "  {calls} asked about here {why}");
    }
    let heading: Vec<(&str, Align)> = std::iter::once(("recorded", Align::Left))
        .chain(shown.iter().map(|outcome| (outcome.name(), Align::Right)))
        .collect();
    let rows: Vec<Vec<String>> = Outcome::ALL
        .iter()
        .zip(&compared.matrix)
        .filter(|(_, row)| row.calls() > 0)
        .map(|(recorded, row)| {
            let counts = shown.iter().map(|outcome| row.of(*outcome).to_string());
            std::iter::once(recorded.to_string()).chain(counts).collect()
        })
        .collect();
    write_table(out, style, &heading, &rows);
    for example in &compared.examples {
        _ = writeln!(out, "  {}", escape(&describe(example)));
    }
    let more = compared.disagreeing - compared.examples.len() as u64;
    if more > 0 {
        _ = writeln!(out, "  and {} more", count(more, "call"));
    }
}

/// How many agree and how many do not.
pub(in crate::report) fn headline(compared: &Comparison, calls: u64) -> String {
    let recorded = compared.calls();
    let disagree = if compared.disagreeing == 1 { "disagrees" } else { "disagree" };
    let mut parts = vec![
        format!("{} agree", compared.agreeing),
        format!("{} {disagree}", compared.disagreeing),
    ];
    if compared.undecided > 0 {
        parts.push(format!("{} cannot be decided", compared.undecided));
    }
    format!("{recorded} of {} recorded: {}", count(calls, "call"), parts.join(", "))
}

/// A call with both decisions.
pub(in crate::report) fn describe(example: &Disagreement) -> String {
    let time = example.time.map(|time| format!("{}  ", words::time(time))).unwrap_or_default();
    let grant = if example.grant.is_empty() { "" } else { &format!("{}  ", example.grant) };
    let by = if example.rule.is_empty() { "" } else { &format!(" by {}", example.rule) };
    let said = example.message.as_deref().map(|text| format!(" ({})", cut(text, LONG)));
    let said = said.unwrap_or_default();
    format!(
        "call {}  {time}{grant}{}  recorded {}{said}, replayed {}{by}",
        example.number, example.tool, example.recorded, example.outcome
    )
}
