//! Statements that were decided, for people.

use std::fmt::Write;

use crate::assertion::{Checked, Claim, Statement, Verdict};
use crate::report::access::words;
use crate::report::access::words::Lines;
use crate::report::common::escape::escape;
use crate::report::common::style::Style;
use crate::report::common::words::count;
use crate::solver::Evidence;
use crate::source::Document;

/// A policy and what came of each statement under it.
#[derive(Debug)]
pub struct CheckedPolicy<'a> {
    /// The policy's document.
    pub document: &'a Document,
    /// The answers, in the order of the statements.
    pub answers: Vec<Checked<'a>>,
}

/// Writes for every policy how many statements hold, then those that do not with what shows it.
pub fn write_assertions(
    out: &mut String,
    statements: &Document,
    checked: &[CheckedPolicy<'_>],
    style: &Style,
) {
    let lines = Lines::new(statements);
    for policy in checked {
        let holding = policy.answers.iter().filter(|answer| holds(answer)).count();
        let all = policy.answers.len();
        let color = if holding == all { "32" } else { "31" };
        let verdict = format!(
            "{holding} of {} {}",
            count(all as u64, "statement"),
            if holding == 1 { "holds" } else { "hold" }
        );
        _ = writeln!(out, "{}: {}", escape(&policy.document.name), style.paint(color, &verdict));
        for answer in &policy.answers {
            write_answer(out, &lines, policy.document, answer, style);
        }
    }
}

fn holds(answer: &Checked<'_>) -> bool {
    matches!(answer.verdict, Verdict::Holds)
}

fn write_answer(
    out: &mut String,
    statements: &Lines<'_>,
    policy: &Document,
    answer: &Checked<'_>,
    style: &Style,
) {
    let statement = describe(answer.statement);
    let line = statements.of(answer.statement.pointer.as_str());
    let place = style.dim(&format!("({}:{line})", escape(&statements.document.name)));
    let (word, color, shown) = match &answer.verdict {
        Verdict::Holds => ("proved", "32", None),
        Verdict::Fails { tool, evidence } => match evidence {
            Evidence::Call(arguments) => {
                ("fails", "31", Some(words::explain(&policy.name, tool, arguments)))
            }
            Evidence::Burst(burst) => ("fails", "31", Some(words::burst(burst))),
            Evidence::Unknown(why) => ("unknown", "33", Some(format!("{}: {why}", escape(tool)))),
        },
    };
    _ = writeln!(out, "  {}: {statement}  {place}", style.paint(color, word));
    if let Some(shown) = shown {
        _ = writeln!(out, "    {shown}");
    } else if answer.tools == 0 {
        _ = writeln!(
            out,
            "    {}",
            style.dim("neither the policy nor the catalogue names such a tool")
        );
    }
}

/// A statement in words: its name, or what it says.
pub(in crate::report) fn describe(statement: &Statement) -> String {
    if let Some(name) = &statement.name {
        return escape(name).into_owned();
    }
    let tools = escape(&statement.tools);
    match &statement.claim {
        Claim::Denied(None) => format!("no call of {tools} passes"),
        Claim::Denied(Some(_)) => format!("no call of {tools} passes that meets the conditions"),
        Claim::Limited { max, window } => {
            format!("at most {} of {tools} per {window}", count(*max as u64, "call"))
        }
    }
}
