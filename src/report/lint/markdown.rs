//! Findings as Markdown, for comments and job summaries.

use std::fmt::Write;

use super::linted::Linted;
use crate::report::common::escape::escape;
use crate::report::common::markdown::{code, spans};
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

/// Words with their code spans kept, and nothing else that Markdown or HTML would act on. Names
/// stand between backticks and may hold some themselves; however they are parted, what
/// is not written as code is prose.
fn words(text: &str) -> String {
    let text = escape(text);
    let mut out = String::with_capacity(text.len());
    for (is_code, part) in spans(&text) {
        match is_code {
            true => out.push_str(&code(part)),
            false => push_prose(&mut out, part),
        }
    }
    out
}

fn push_prose(out: &mut String, text: &str) {
    for (at, character) in text.char_indices() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // What would become a link or call somebody.
            '@' => out.push_str("&#64;"),
            ':' if text[at..].starts_with("://") => out.push_str("&#58;"),
            '.' if out.ends_with("www") => out.push_str("&#46;"),
            '`' | '|' | '\\' | '*' | '_' | '[' | ']' | '!' | '#' | '~' => {
                out.push('\\');
                out.push(character);
            }
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup_but_code() {
        assert_eq!(words("`a_b|c` is <b> & [x](y)"), "`a_b\\|c` is &lt;b&gt; &amp; \\[x\\](y)");
        assert_eq!(words("one ` only"), "one \\` only");
        assert_eq!(words("@a http://b www.c"), "&#64;a http&#58;//b www&#46;c");
    }

    #[test]
    fn a_name_with_backticks_stays_code() {
        assert_eq!(words("tool ```<img>run` is"), "tool ``` ``<img>run ``` is");
        assert_eq!(words("tool `a``` is"), "tool ``` a`` ``` is");
        assert_eq!(words("`a`<img>`b`"), "`a`&lt;img&gt;`b`");
        let nested = "`allow Bash(python3 `a` *)` never holds, not even for `python3 `a` x`";
        let spans = "`` allow Bash(python3 `a` *) `` never holds, not even for `` python3 `a` x ``";
        assert_eq!(words(nested), spans);
        assert_eq!(words("`deny x `git``: `y`"), "`` deny x `git` ``: `y`");
        assert_eq!(words("an empty name `` is"), "an empty name `\"\"` is");
        assert_eq!(words(r"`a\|<b>`"), "<code>a&#92;&#124;&#60;b&#62;</code>");
    }
}
