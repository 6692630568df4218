//! Statements as a comment on a pull request.

use std::fmt::Write;

use super::human::{
    Assertions, OBJECTS_ONLY, SHOWN, all_shown, describe, guessed, headline, reason, verdict,
};
use crate::report::access::markdown::{code, plain};
use crate::report::access::words::Lines;

/// Writes a table of statements for each policy as GitHub-flavoured Markdown.
pub fn write_assertions_markdown(out: &mut String, assertions: &Assertions<'_>) {
    let lines = Lines::new(assertions.document);
    for policy in &assertions.policies {
        let (headline, all_hold) = headline(policy);
        let mark = if all_hold { "✅" } else { "❌" };
        _ = writeln!(out, "### {mark} {}: {headline}\n", code(&policy.document.name));
        out.push_str("| statement | answer | what shows it |\n|---|---|---|\n");
        for answer in &policy.answers {
            let shown = all_shown(answer).into_iter().enumerate();
            let shown = shown.map(|(at, line)| if at < SHOWN { code(&line) } else { names(&line) });
            let guessed = guessed(answer).map(|guessed| names(&guessed));
            let shown = shown.chain(guessed).collect::<Vec<_>>().join("<br>");
            let says = answer.statement.name.as_ref().map(|_| answer.statement.says().to_string());
            let says = says.map(|says| plain(&format!(": {says}"))).unwrap_or_default();
            let statement = plain(&describe(answer.statement)) + &says;
            let line = lines.of(answer.statement.pointer.as_str());
            let verdict = verdict(answer);
            _ = writeln!(out, "| {statement} (line {line}) | {verdict} | {shown} |");
        }
        out.push('\n');
        if policy.objects_only {
            _ = writeln!(out, "<sub>{}</sub>\n", plain(OBJECTS_ONLY));
        }
    }
    for warning in &assertions.warnings {
        let statement = plain(&describe(warning.statement));
        _ = writeln!(out, "⚠️ {statement}: {}\n", plain(&reason(warning)));
    }
}

/// A text with many names, none of which is cut off.
fn names(text: &str) -> String {
    text.split(", ").map(plain).collect::<Vec<_>>().join(", ")
}
