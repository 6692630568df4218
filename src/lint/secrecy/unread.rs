//! Values of secrets in a text that could not be read, by the names that stand before them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::catalogue::names_secret;

/// A value in such a text.
pub(super) struct Value {
    /// The bytes that show it.
    pub(super) span: Range<usize>,
    /// As much of it as messages may repeat.
    pub(super) text: Range<usize>,
}

/// What stands behind names of secrets, in any notation, and in operands where a condition is about a secret: nobody knows
/// where a value ends in a text that is wrong, so that what nothing quotes is taken to the end of its line.
pub(super) fn values(text: &str) -> Vec<Value> {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        let name = r#""(?P<a>(?:[^"\\\n]|\\.)*)"?|'(?P<b>[^'\n]*)'?|(?P<c>[\p{L}_$][\p{L}\p{N}_.$\[\]-]*)"#;
        let words = r"(?:not[ _])?in|matches|contains|is|n?eq|starts_with|ends_with";
        let sign = format!(r"\s*(?:[:=!]=?~?|=>|:=)[ \t]*|(?P<none>[ \t]+(?:(?:{words})[ \t]+)?)");
        Regex::new(&format!(r"(?:{name})\]?(?:{sign})")).expect("the pattern is ours")
    });
    static PATH: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"\bpath["']?\s*[:=]\s*["']?([^\s"',}]+)"#).expect("the pattern is ours")
    });
    let is_secret = |name: &str| names_secret(name.rsplit('.').next().unwrap_or(name));
    let mut is_operand = None;
    let mut is_of_condition = || {
        *is_operand.get_or_insert_with(|| PATH.captures_iter(text).any(|path| is_secret(&path[1])))
    };
    let mut found: Vec<Value> = Vec::new();
    let mut line_end = 0;
    for one in NAME.captures_iter(text) {
        let name = ["a", "b", "c"].iter().find_map(|group| one.name(group));
        let Some(name) = name.map(|name| name.as_str()) else { continue };
        let whole = one.get(0).map_or(0..0, |whole| whole.range());
        if found.last().is_some_and(|last| whole.start < last.span.end) {
            continue;
        }
        // Where no sign stands only quotes and brackets tell that what follows is a value.
        let is_given =
            one.name("none").is_none() || text[whole.end..].starts_with(['"', '\'', '[']);
        if is_given && (is_secret(name) || name == "value" && is_of_condition()) {
            if line_end < whole.end {
                let rest = text[whole.end..].find(['\n', '\r']);
                line_end = rest.map_or(text.len(), |length| whole.end + length);
            }
            found.extend(of(text, whole, line_end));
        }
    }
    found
}

/// The values behind a name, whose line ends at a place.
fn of(text: &str, name: Range<usize>, line_end: usize) -> Vec<Value> {
    let rest = &text[name.end..];
    let line = &text[name.end..line_end];
    let begin = line.trim_end();
    let is_mark = begin.starts_with(['&', '!']) && !begin.contains(' ');
    match begin.chars().next() {
        Some('[') => strings(text, name.end + 1, rest[1..].find(']').unwrap_or(rest.len() - 1)),
        // The names within tell of themselves.
        Some('{') => Vec::new(),
        None | Some('|' | '>' | '#') => below(text, name),
        _ if is_mark => below(text, name),
        _ => scalar(text, name.end, line.len()).into_iter().collect(),
    }
}

/// The value that begins at a place and goes no further than so many bytes, unless its quotes do.
fn scalar(text: &str, at: usize, most: usize) -> Option<Value> {
    let line = text[at..at + most].trim_end();
    let quoted = |quotes: &str, inside: &str, length: usize| {
        let span = at + quotes.len()..at + quotes.len() + length.min(inside.len());
        Value { text: span.clone(), span }
    };
    let long = ["\"\"\"", "'''"].into_iter().find(|quotes| line.starts_with(quotes));
    let quote = line.chars().next().filter(|one| matches!(one, '"' | '\''));
    let value = if let Some(quotes) = long {
        let inside = &text[at + quotes.len()..];
        quoted(quotes, inside, inside.find(quotes).unwrap_or(inside.len()))
    } else if let Some(quote) = quote {
        let inside = &line[1..];
        let is_end = |at: &usize| quote == '\'' || !inside[..*at].ends_with('\\');
        let end = inside.match_indices(quote).map(|(at, _)| at).find(is_end);
        quoted("\"", inside, end.unwrap_or(inside.len()))
    } else {
        let parts = |one: char| one.is_whitespace() || ",}])".contains(one);
        let word = line.split(parts).next().unwrap_or_default();
        Value { span: at..at + line.len(), text: at..at + word.len() }
    };
    is_withheld(&text[value.text.clone()]).then_some(value)
}

/// Whether what stands behind the name of a secret may be one: it says not whether there is one, or what may be done with
/// a tool that is called so, and counts nothing.
pub(super) fn is_withheld(value: &str) -> bool {
    const SAID: [&str; 8] = ["", "null", "true", "false", "allow", "ask", "deny", "~"];
    let counts = value.len() < 4 && value.bytes().all(|one| one.is_ascii_digit());
    !counts && !SAID.contains(&value)
}

/// The strings and words of a list that begins at a place and is so long.
fn strings(text: &str, at: usize, length: usize) -> Vec<Value> {
    static ELEMENT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#""(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|[^\s,"']+"#).expect("the pattern is ours")
    });
    let elements = ELEMENT.find_iter(&text[at..at + length]);
    elements.filter_map(|one| scalar(text, at + one.start(), one.len())).collect()
}

/// The lines below a name that belong to it: those further in, and the items of a list.
fn below(text: &str, name: Range<usize>) -> Vec<Value> {
    let start = text[..name.start].rfind('\n').map_or(0, |at| at + 1);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t', '-']).len();
    let own = indent(&text[start..name.end]);
    let mut at = name.end + text[name.end..].find('\n').map_or(text.len() - name.end, |at| at + 1);
    let mut found = Vec::new();
    for line in text[at..].split_inclusive('\n') {
        let inner = line.trim_start_matches([' ', '\t']);
        let item = inner.strip_prefix('-').map(str::trim_start);
        let is_below = indent(line) > own || (item.is_some() && line.len() - inner.len() >= own);
        if !is_below && !inner.trim().is_empty() {
            break;
        }
        let inner = item.unwrap_or(inner);
        let from = at + line.len() - inner.len();
        found.extend(
            scalar(text, from, inner.trim_end().len()).filter(|_| !inner.trim().is_empty()),
        );
        at += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let mut masked = text.to_owned();
        for Value { span, .. } in values(text).into_iter().rev() {
            masked.replace_range(span.clone(), &"*".repeat(span.len()));
        }
        masked
    }

    #[test]
    fn what_is_called_like_a_secret_is_found_in_every_notation() {
        for (text, shown) in [
            (r#"{"password": "abc", "a": "b""#, r#"{"password": "***", "a": "b""#),
            (r#"{"password": "a\"c", "a": 1"#, r#"{"password": "****", "a": 1"#),
            (r#"{"apiKey": 'abc',,"#, r#"{"apiKey": '***',,"#),
            (r#"{"token": abc}"#, r#"{"token": ****"#),
            (r#"{"token": "abc"#, r#"{"token": "***"#),
            (r#"{"tokens": ["ab", "cd"], "a": ["b"]"#, r#"{"tokens": ["**", "**"], "a": ["b"]"#),
            ("password: a b\nuser: c", "password: ***\nuser: c"),
            ("- password: 'a b'\n  user: c", "- password: '***'\n  user: c"),
            (
                "a:\n  password: |\n    ab\n    cd\n  user: c",
                "a:\n  password: |\n    **\n    **\n  user: c",
            ),
            ("passwords:\n- ab\n- \"cd\"\nuser: c", "passwords:\n- **\n- \"**\"\nuser: c"),
            ("args.password = \"ab\"\nuser = \"c\"", "args.password = \"**\"\nuser = \"c\""),
            ("api_key = '''a\nb'''\nc = 1", "api_key = '''***'''\nc = 1"),
            ("deny if args.password != \"ab\"", "deny if args.password != \"**\""),
            ("args.password in [\"ab\", \"c\"]", "args.password in [\"**\", \"*\"]"),
            ("{path: args.password, op: eq, value: ab", "{path: args.password, op: eq, value: **"),
            (
                r#"{"path":"args.password","op":"in","value":["ab","cd"]},,"#,
                r#"{"path":"args.password","op":"in","value":["**","**"]},,"#,
            ),
            ("? password\n: ab\n", "? password\n: **\n"),
            ("password: &a b\n", "password: ****\n"),
            ("password: !x\n  ab\nuser: c", "password: !x\n  **\nuser: c"),
            ("args['password'] == 'ab'", "args['password'] == '**'"),
            (r#"{"password" "ab"}"#, r#"{"password" "**"}"#),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    #[test]
    fn other_values_stay() {
        for text in [
            "user: c\npage_token: abc",
            "password:\nuser: c",
            "\"password\": null,",
            "session: 15",
            "{\"get_secret\": \"deny\"",
            "{\"path\":\"args.path\",\"op\":\"eq\",\"value\":\"a\"},,",
            "# the password is asked for",
            "max_tokens: 1000",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
