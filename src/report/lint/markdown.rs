//! Findings as Markdown, for comments and job summaries.

use std::fmt::Write;

use super::linted::Linted;
use crate::report::common::escape::escape;
use crate::report::common::markdown::code;
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
    let mut rest = &*text;
    while let Some((before, inner, behind)) = next_code(rest) {
        push_prose(&mut out, before);
        out.push_str(&code(inner));
        rest = behind;
    }
    push_prose(&mut out, rest);
    out
}

/// What stands before the next span of code, in it, and behind it.
fn next_code(text: &str) -> Option<(&str, &str, &str)> {
    let (before, opened) = text.split_once('`')?;
    if let Some(behind) = opened.strip_prefix('`')
        && !behind.starts_with(|next: char| next == '`' || next.is_alphanumeric())
    {
        return Some((before, "", behind));
    }
    if let Some(end) = nested_end(opened) {
        return Some((before, &opened[..end], &opened[end + 1..]));
    }
    let begun = opened.len() - opened.trim_start_matches('`').len();
    let end = begun + opened[begun..].find('`')?;
    let ticks = opened[end..].len() - opened[end..].trim_start_matches('`').len();
    Some((before, &opened[..end + ticks - 1], &opened[end + ticks..]))
}

/// Where a span of code ends that has others in it, as rules have that name commands: one begins behind a blank or a
/// bracket, before a word, and as many backticks end as many of them.
fn nested_end(opened: &str) -> Option<usize> {
    let (mut depth, mut at) = (1, 0);
    while let Some(found) = opened.get(at..)?.find('`').map(|found| at + found) {
        let behind = opened[found..].trim_start_matches('`');
        let run = opened.len() - found - behind.len();
        let begins = opened[..found].ends_with([' ', '(', '|'])
            && behind.starts_with(|next: char| !next.is_whitespace());
        if found == 0 || run >= depth && !(begins && run == 1) {
            return (found > 0).then_some(found + run - 1);
        }
        depth = if begins && run == 1 { depth + 1 } else { depth - run };
        at = found + run;
    }
    None
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
