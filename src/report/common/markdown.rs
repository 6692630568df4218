//! Names in Markdown.

use std::fmt::Write;

use super::escape::escape;

/// A name as a span of code that nothing in it ends: between more backticks than there are in it,
/// also within a table.
pub fn code(name: &str) -> String {
    let name = escape(name);
    if name.contains('|') && name.contains('\\') {
        return references(&name);
    }
    let longest = name.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let name = if name.is_empty() { "\"\"" } else { &name };
    let pad = if longest > 0 || name.starts_with(' ') { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", name.replace('|', "\\|"))
}

/// A bar ends a cell of a table also within code, and a backslash before it can be undone by
/// another; references to characters are never markup.
fn references(name: &str) -> String {
    let mut out = String::from("<code>");
    for character in name.chars() {
        match character.is_ascii_punctuation() {
            true => _ = write!(out, "&#{};", character as u32),
            false => out.push(character),
        }
    }
    out + "</code>"
}

/// The parts of a text in which names stand between backticks, each with whether it is such a name. Names may hold
/// backticks themselves; however they are parted, what is not written as code is prose.
pub(in crate::report) fn spans(text: &str) -> Vec<(bool, &str)> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some((before, inner, behind)) = next_code(rest) {
        parts.extend([(false, before), (true, inner)]);
        rest = behind;
    }
    parts.push((false, rest));
    parts
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_ends_its_code() {
        assert_eq!(code("run_job"), "`run_job`");
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("``<img>run"), "``` ``<img>run ```");
        assert_eq!(code("a`"), "`` a` ``");
        assert_eq!(code(r"a\|<b>"), "<code>a&#92;&#124;&#60;b&#62;</code>");
        assert_eq!((code(""), code("a\n")), ("`\"\"`".to_owned(), r"`a\u{a}`".to_owned()));
    }
}
