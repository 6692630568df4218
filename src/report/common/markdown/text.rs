//! Names and prose in Markdown: nothing in them is markup, calls somebody or leads anywhere.

use std::fmt::Write;

use crate::report::common::escape::escape;
use crate::report::common::words::cut;

/// How long a name or a cell of a table may be.
const LONG: usize = 300;

/// How long prose may be.
const LONG_PROSE: usize = 1_000;

/// How many names stand in one place.
const NAMES: usize = 100;

/// What parts a sign from what it would call or lead to. GitHub looks for mentions and issues in the text that is
/// shown, so that writing the sign as a reference does not keep it from being one.
const APART: &str = "&#8203;";

/// A name as code that nothing in it ends: between backticks, or with references to characters where it holds
/// something that could be markup to anybody.
pub fn code(name: &str) -> String {
    let name = cut(&escape(name), LONG).into_owned();
    let is_tame =
        !name.contains(['`', '|', '\\', '<', '>', '&', '@', '#', ']']) && name.trim() == name;
    match (name.is_empty(), is_tame) {
        (true, _) => "`\"\"`".to_owned(),
        (false, true) => format!("`{name}`"),
        (false, false) => tagged(&name),
    }
}

/// A name as code in a line of HTML, where backticks mean nothing.
pub(in crate::report) fn tag(name: &str) -> String {
    tagged(&cut(&escape(name), LONG))
}

/// Within code nobody is mentioned.
fn tagged(name: &str) -> String {
    format!("<code>{}</code>", inert(name, ""))
}

/// Text in which nothing is markup; what could be is written as a number.
pub(in crate::report) fn plain(text: &str) -> String {
    inert(&cut(&escape(text), LONG), APART)
}

/// Prose whose names between backticks stay code.
pub(in crate::report) fn prose(text: &str) -> String {
    let text = escape(text);
    let text = cut(&text, LONG_PROSE);
    let parts = spans(&text).into_iter();
    parts.map(|(is_code, part)| if is_code { code(part) } else { inert(part, APART) }).collect()
}

/// A text with many names, none of which is cut off.
pub(in crate::report) fn names(text: &str) -> String {
    let all: Vec<&str> = text.split(", ").collect();
    let mut shown: Vec<String> = all.iter().take(NAMES).map(|name| plain(name)).collect();
    if let Some(more) = all.len().checked_sub(NAMES).filter(|more| *more > 0) {
        shown.push(format!("and {more} more"));
    }
    shown.join(", ")
}

fn inert(text: &str, apart: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let next = rest.clone().next().unwrap_or(' ');
        let is_plain = match character {
            // Within a word an underscore is only an underscore.
            '_' => {
                out.ends_with(|c: char| c.is_ascii_alphanumeric()) && next.is_ascii_alphanumeric()
            }
            ':' => next == ' ' || next.is_ascii_digit(),
            // GitHub makes a link of what begins with `www.`, also in tags.
            '.' => !out.ends_with("www"),
            '&' | '<' | '>' | '|' | '`' | '*' | '[' | ']' | '\\' | '~' | '#' | '@' | '!' | '$'
            | '^' => false,
            _ => true,
        };
        match is_plain {
            true => out.push(character),
            false => _ = write!(out, "&#{};", character as u32),
        }
        let is_sign = match character {
            '@' => true,
            '#' => next.is_ascii_digit(),
            '-' => next.is_ascii_digit() && is_issue(&out),
            _ => false,
        };
        if is_sign {
            out.push_str(apart);
        }
    }
    out
}

/// Whether a text ends as `GH-12` begins, which is another way to write `#12`.
fn is_issue(text: &str) -> bool {
    text.len() >= 3 && text.get(text.len() - 3..).is_some_and(|end| end.eq_ignore_ascii_case("gh-"))
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
        assert_eq!(code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(code("``<img>run"), "<code>&#96;&#96;&#60;img&#62;run</code>");
        assert_eq!(code(r"a\|<b>"), "<code>a&#92;&#124;&#60;b&#62;</code>");
        assert_eq!(tag("a|b`</code>@x"), "<code>a&#124;b&#96;&#60;/code&#62;&#64;x</code>");
        assert_eq!(code("www.evil.example/@x"), "<code>www&#46;evil.example/&#64;x</code>");
        assert_eq!(code(""), "`\"\"`");
        assert_eq!(
            (code("a\n"), code(" a")),
            ("<code>a&#92;u{a}</code>".into(), "<code> a</code>".into())
        );
    }

    #[test]
    fn nothing_in_a_text_is_markup_but_code() {
        assert_eq!(prose("`a_b` is <b> & [x](y)"), "`a_b` is &#60;b&#62; &#38; &#91;x&#93;(y)");
        assert_eq!(prose("one ` only"), "one &#96; only");
        assert_eq!(prose("http://b www.c"), "http&#58;//b www&#46;c");
        assert_eq!(prose("tool `a``` is"), "tool <code>a&#96;&#96;</code> is");
        assert_eq!(prose("`a`<img>`b`"), "`a`&#60;img&#62;`b`");
        assert_eq!(prose("an empty name `` is"), "an empty name `\"\"` is");
        let nested = "`allow Bash(python3 `a` *)` never holds";
        assert_eq!(prose(nested), "<code>allow Bash(python3 &#96;a&#96; &#42;)</code> never holds");
        assert_eq!(plain("a_b _c_ 10:30 x:y"), "a_b &#95;c&#95; 10:30 x&#58;y");
    }

    #[test]
    fn nobody_is_called_and_no_issue_is_led_to() {
        assert_eq!(plain("@org/team"), "&#64;&#8203;org/team");
        assert_eq!(plain("o/r#12 GH-3 gh-x a-1"), "o/r&#35;&#8203;12 GH-&#8203;3 gh-x a-1");
        assert_eq!(code("@org/team"), "<code>&#64;org/team</code>");
        assert_eq!(prose("`@a` @b"), "<code>&#64;a</code> &#64;&#8203;b");
    }

    #[test]
    fn what_is_long_is_cut_and_says_so() {
        assert_eq!(plain(&"x".repeat(400)).chars().count(), LONG + 1);
        let many = vec!["a"; 120].join(", ");
        assert!(names(&many).ends_with(", a, and 20 more"));
    }
}
