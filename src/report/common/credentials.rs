//! Leaving out what gives access: users and queries of addresses, and what configurations of MCP
//! clients hold.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands for what is left out where the length is not to be kept.
const CUT: &str = "…";

/// What stands for every byte where it is.
const MASK: &str = "*";

/// A text whose addresses are shown without the user and what follows `?` or `#`: there passwords and
/// tokens stand. What of an address is its user nobody can tell of a wrong one, so that it reaches to
/// the last `@`.
pub fn without_credentials(text: &str) -> Cow<'_, str> {
    static USER: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)([a-z][a-z0-9+.-]*:[/\\]+)(\S+|[^\s/@]*:[^\n@]*)@"));
    static QUERY: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)([a-z][a-z0-9+.-]*://[^\s?#'\x22`]*[?#])[^\s'\x22`]*[^\s'\x22`:]")
    });
    if !text.contains(":/") && !text.contains(":\\") {
        return Cow::Borrowed(text);
    }
    let user = |found: &Captures<'_>| {
        let is_masked = found[2].bytes().all(|byte| MASK.as_bytes() == [byte]);
        if is_masked { found[0].to_owned() } else { format!("{}{CUT}@", &found[1]) }
    };
    let text = USER.replace_all(text, user).into_owned();
    Cow::Owned(QUERY.replace_all(&text, format!("${{1}}{CUT}")).into_owned())
}

/// A document in which every byte stays where it is, without the users of addresses.
pub(in crate::report) fn without_users(text: &str) -> Cow<'_, str> {
    // What stands in brackets of its own is no user, unless it begins as a password does.
    static USER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)([a-z][a-z0-9+.-]*:(?:\\?/|\\){2,})([^\s\x22<>()\[\]`]+|[^\s\x22/<>()\[\]`]*:[^\s\x22]+)(@)",
        )
    });
    match text.contains('@') {
        true => USER.replace_all(text, hidden),
        false => Cow::Borrowed(text),
    }
}

/// A document that could not be read, in which every byte stays where it is, without the users of addresses and, if it
/// is the configuration of an MCP client, without its values.
pub(in crate::report) fn masked(text: &str) -> Cow<'_, str> {
    static CLIENT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?s)\b(?:mcpServers|mcp_servers|context_servers)['\x22]?\s*[:.\]]|\x22(?:servers|mcp)\x22\s*:\s*\{.*\x22(?:command|url)\x22",
        )
    });
    static VALUE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?m)(")((?:[^"\\\n]|\\.)*)("(?:\s*:)?|$)|('|(?:^\s*-|:)[ \t]+)([^\s"'{\[][^'\n]*)('|$)"#,
        )
    });
    if CLIENT.is_match(text) {
        return VALUE.replace_all(text, |found: &Captures<'_>| {
            let is_key = found.get(3).is_some_and(|behind| behind.as_str().ends_with(':'));
            if is_key { found[0].to_owned() } else { hidden(found) }
        });
    }
    without_users(text)
}

/// The parts of what was found, the middle one of three masked.
fn hidden(found: &Captures<'_>) -> String {
    let parts = found.iter().skip(1).flatten().map(|part| part.as_str());
    let [before, hidden, behind] = parts.collect::<Vec<_>>()[..] else {
        return found[0].to_owned();
    };
    format!("{before}{}{behind}", MASK.repeat(hidden.len()))
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is ours")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_users_and_queries() {
        for (text, shown) in [
            ("cannot read http://u:pw@h/x: gone", "cannot read http://…@h/x: gone"),
            ("`https://tok!en@h`, http://h/x?token=s: no", "`https://…@h`, http://h/x?…: no"),
            ("a=postgres://app:p/w@db/app", "a=postgres://…@db/app"),
            ("http://u:p@w@h#s", "http://…@h#…"),
            ("http:/u:pw@h", "http:/…@h"),
            ("http://u:p w@h", "http://…@h"),
            ("http://**@h, mail me@h", "http://**@h, mail me@h"),
            ("see https://h/a", "see https://h/a"),
        ] {
            assert_eq!(without_credentials(text), shown);
        }
    }

    #[test]
    fn documents_keep_every_offset() {
        for (text, shown) in [
            (
                r#"{"value":"https://u:pw@h/","a":"b@c"}"#,
                r#"{"value":"https://****@h/","a":"b@c"}"#,
            ),
            (
                r#"{"a":"https://u:p(w@h <https://h>@x"}"#,
                r#"{"a":"https://*****@h <https://h>@x"}"#,
            ),
            (r#"{"value":"https:\/\/pw@h"}"#, r#"{"value":"https:\/\/**@h"}"#),
            (
                r#"{"mcpServers":{"x":{"args":["-p","pw"],"env":{"KEY" : "p\"w"}}}}"#,
                r#"{"mcpServers":{"x":{"args":["**","**"],"env":{"KEY" : "****"}}}}"#,
            ),
            (
                r#"{"mcp":{"x":{"url":"pw","environment":{"A":"pw"}}}}"#,
                r#"{"mcp":{"x":{"url":"**","environment":{"A":"**"}}}}"#,
            ),
            (r#"{"servers":{"x":{"url":"h/pw"#, r#"{"servers":{"x":{"url":"****"#),
            (
                "mcpServers:\n  x:\n    url: pw\n    a: 'p w'",
                "mcpServers:\n  x:\n    url: **\n    a: '***'",
            ),
            ("description: of mcpServers", "description: of mcpServers"),
            (r#"{"tools":{"mcp":{"reason":"x"}}}"#, r#"{"tools":{"mcp":{"reason":"x"}}}"#),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
