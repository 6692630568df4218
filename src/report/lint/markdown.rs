//! Findings as Markdown, for comments and job summaries.

use std::fmt::Write;

use super::linted::Linted;
use crate::report::common::escape::escape;
use crate::source::LineTable;

/// Writes a table of findings below a summary.
pub fn write_markdown(out: &mut String, linted: &Linted<'_>) {
    _ = writeln!(out, "## gatelint lint\n\n{}", linted.summary());
    if linted.findings().next().is_some() {
        out.push_str("\n| severity | rule | place | what |\n|---|---|---|---|\n");
    }
    for report in linted.reports.iter().filter(|report| !report.findings.is_empty()) {
        let text = &report.document.text;
        let lines = LineTable::new(text);
        for finding in &report.findings {
            let at = lines.position(text, finding.span.start);
            let place = format!("{}:{}:{}", report.document.name, at.line, at.column);
            let help = finding.help.as_ref().map(|help| format!("<br>{}", words(help)));
            _ = writeln!(
                out,
                "| {} | {} | {} | {}{} |",
                finding.severity.name(),
                finding.rule.name,
                words(&place),
                words(&finding.message),
                help.unwrap_or_default()
            );
        }
    }
    if !linted.unreadable.is_empty() {
        out.push_str("\nNot readable:\n\n");
    }
    for unreadable in linted.unreadable {
        _ = writeln!(out, "- {}: {}", words(&unreadable.file), words(&unreadable.message));
    }
}

/// Words with their code spans kept, and nothing else that Markdown or HTML would act on.
fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut code = false;
    let balanced = text.matches('`').count().is_multiple_of(2);
    for character in escape(text).chars() {
        match character {
            '`' if balanced => {
                code = !code;
                out.push('`');
            }
            // A bar ends a cell of a table also within code.
            '|' => out.push_str("\\|"),
            _ if code => out.push(character),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '`' | '\\' | '*' | '_' | '[' | ']' | '!' | '#' | '~' | '@' => {
                out.push('\\');
                out.push(character);
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup_but_code() {
        assert_eq!(words("`a_b|c` is <b> & [x](y)"), "`a_b\\|c` is &lt;b&gt; &amp; \\[x\\](y)");
        assert_eq!(words("one ` only"), "one \\` only");
    }
}
