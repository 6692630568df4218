//! Statements as a comment on a pull request.

use super::human::{
    Assertions, CheckedPolicy, OBJECTS_ONLY, SHOWN, all_shown, describe, guessed, headline, reason,
    verdict,
};
use crate::assertion::Checked;
use crate::report::access::words::Lines;
use crate::report::common::markdown::{Column, Comment, Rank, Rows, Things, code, names, plain};

/// Writes a table of statements for each policy: those that fail or cannot be told, and folded away those that hold.
pub fn write_assertions_markdown(comment: &mut Comment, assertions: &Assertions<'_>) {
    let lines = Lines::new(assertions.document);
    assertions.policies.iter().for_each(|policy| write_policy(comment, &lines, policy));
    for warning in &assertions.warnings {
        let statement = plain(&describe(warning.statement));
        comment.text(format!("⚠️ {statement}: {}", plain(&reason(warning))));
    }
}

fn write_policy(comment: &mut Comment, lines: &Lines<'_>, policy: &CheckedPolicy<'_>) {
    let (headline, all_hold) = headline(policy);
    let (mark, rank) = if all_hold { ("✅", (4, 0)) } else { ("❌", (1, 0)) };
    let heading = format!("### {mark} {}: {headline}", code(&policy.document.name));
    comment.heading(rank, Things("policy", "policies"), heading);
    let columns = ["statement", "answer", "what shows it"].map(Column::Text);
    let table = || Rows::table(Things("statement", "statements"), &columns);
    let (mut open, mut holding) = (table(), table().folded("Statements that hold"));
    for answer in &policy.answers {
        let (rank, rows): (Rank, _) = match (answer.holds(), answer.fails()) {
            (true, _) => ((4, 0), &mut holding),
            (false, true) => ((1, 0), &mut open),
            (false, false) => ((1, 1), &mut open),
        };
        rows.row(rank, 1, &cells(lines, answer));
    }
    comment.rows(open);
    comment.rows(holding);
    if policy.objects_only {
        comment.text(format!("<sub>{}</sub>", plain(OBJECTS_ONLY)));
    }
}

fn cells(lines: &Lines<'_>, answer: &Checked<'_>) -> [String; 3] {
    let shown = all_shown(answer).into_iter().enumerate();
    let shown = shown.map(|(at, line)| if at < SHOWN { code(&line) } else { names(&line) });
    let guessed = guessed(answer).map(|guessed| names(&guessed));
    let shown = shown.chain(guessed).collect::<Vec<_>>().join("<br>");
    let says = answer.statement.name.as_ref().map(|_| answer.statement.says().to_string());
    let says = says.map(|says| plain(&format!(": {says}"))).unwrap_or_default();
    let statement = plain(&describe(answer.statement)) + &says;
    let line = lines.of(answer.statement.pointer.as_str());
    [format!("{statement} (line {line})"), verdict(answer).to_owned(), shown]
}
