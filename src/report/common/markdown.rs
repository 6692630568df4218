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
