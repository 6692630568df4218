//! Patterns of `require` tied to an end: what is to be written so that they let through what they name
//! and nothing that merely has it somewhere.

use crate::policy::Pattern;

/// What a pattern names, as far as its text tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// A beginning: a path, an address, a word with a separator behind it.
    Beginning,
    /// An ending, such as `.md` or `@example.org`.
    Ending,
    /// The text as a whole.
    Whole,
}

/// A pattern in its parts: flags for all of it, anchors, and what stands between.
struct Parts<'p> {
    flags: &'p str,
    start: bool,
    body: &'p str,
    end: bool,
}

/// What a pattern names.
pub(super) fn names(source: &str) -> Names {
    names_of(Parts::of(source).body)
}

fn names_of(body: &str) -> Names {
    let plain = body.trim_start_matches('\\');
    let ends = |endings: &[&str]| endings.iter().any(|ending| body.ends_with(ending));
    if plain.starts_with(['.', '@']) && !body.starts_with(".*") && !body.starts_with(".+") {
        Names::Ending
    } else if body.contains('/')
        || ends(&["-", "_", ":", "=", "@", " ", r"\b", r"\s", r"\s+", r"\.", ".*", ".+"])
    {
        Names::Beginning
    } else {
        Names::Whole
    }
}

/// Whether what a pattern names is a path or an address that ends in a name, so that longer names begin
/// alike. What ends in a number may go on as it likes: `reports/2024` with `-01`.
pub(super) fn ends_in_name(source: &str) -> bool {
    let Parts { body, end, .. } = Parts::of(source);
    let host = rest_of_address(body);
    let is_place = body.starts_with('/') || host.is_some() || plain_text(body).is_some();
    let is_host = host.is_some_and(|rest| !rest.contains('/'));
    let last = letters(body).last();
    let is_name = last.is_some_and(|(letter, kind)| {
        kind == Letter::Sign && (letter.is_ascii_alphabetic() || is_host && letter.is_ascii_digit())
    });
    !end && body.contains('/') && is_place && is_name
}

/// What follows the scheme of an address, with plain slashes.
fn rest_of_address(body: &str) -> Option<String> {
    let plain = body.replace(r"\/", "/");
    plain.split_once("://").map(|(_, rest)| rest.to_owned())
}

/// Whether a pattern consists of alternatives, each with anchors of its own.
pub(super) fn has_alternatives(source: &str) -> bool {
    let mut depth = 0;
    letters(source).any(|(letter, kind)| {
        match (letter, kind) {
            ('(', Letter::Sign) => depth += 1,
            (')', Letter::Sign) => depth -= 1,
            _ => {}
        }
        depth == 0 && (letter, kind) == ('|', Letter::Sign)
    })
}

/// Whether `^` and `$` tie a pattern to lines.
pub(super) fn ties_to_lines(source: &str) -> bool {
    let flags = source.split("(?").skip(1).map(|rest| rest.split([')', ':', '-']).next());
    source.contains(['^', '$']) && flags.flatten().any(|flags| flags.contains('m'))
}

/// The pattern tied to what it names, with the dots of names escaped; none where it is as it should be,
/// or where nobody can tell what it names. What its own text names is let through as before.
pub(super) fn tied(pattern: &Pattern) -> Option<String> {
    let source = pattern.source();
    let parts = Parts::of(source);
    let alternatives = has_alternatives(parts.body);
    if parts.body.is_empty()
        || has_anchor(parts.body)
        || ties_to_lines(source)
        || source.contains(r"\Q")
    {
        return None;
    }
    let is_loose = parts.body.starts_with(".*") || parts.body.ends_with(".*");
    if is_loose || alternatives && (parts.start || parts.end) || may_be_a_part(&parts) {
        return None;
    }
    let body = match alternatives {
        true => format!("(?:{})", parts.body),
        false => with_escaped_dots(parts.body),
    };
    let names = names(source);
    let start = parts.start || names != Names::Ending && !parts.end;
    let end = parts.end || names != Names::Beginning && !parts.start;
    let behind = match (end, start && ends_in_name(source)) {
        (true, _) => "$",
        (false, true) => separator(source),
        (false, false) => "",
    };
    let text = format!("{}{}{body}{behind}", parts.flags, if start { "^" } else { "" });
    let compiled = Pattern::compile(&text).ok()?;
    let named = plain_text(parts.body).is_none_or(|text| compiled.is_match(&text));
    (named && text != source).then_some(text)
}

/// What is to follow a path or an address, so that no longer name does. An address of a host alone may
/// have a port, and nothing that would make the host a user's name.
pub(super) fn separator(source: &str) -> &'static str {
    match rest_of_address(Parts::of(source).body) {
        None => "(?:/|$)",
        Some(rest) if rest.contains(['/', ':']) => "(?:[/?#]|$)",
        Some(_) => "(?::[0-9]+)?(?:[/?#]|$)",
    }
}

/// Whether a pattern is a beginning with something behind it that lets no longer name follow: a
/// separator, or the end.
pub(super) fn is_closed(source: &str) -> bool {
    const CLOSED: [&str; 6] = ["(?:/|$)", "(/|$)", "(?:$|/)", "($|/)", "(?:[/?#]|$)", "([/?#]|$)"];
    CLOSED.iter().any(|behind| source.ends_with(behind))
}

/// Whether a pattern has anchors of its own within it, such as `(^|/)docs/`, and not as one of its
/// alternatives.
pub(super) fn ties_within(source: &str) -> bool {
    has_anchor(Parts::of(source).body) && !has_alternatives(source) && !ties_to_lines(source)
}

fn has_anchor(body: &str) -> bool {
    letters(body).any(|(letter, kind)| kind == Letter::Sign && matches!(letter, '^' | '$'))
}

/// Whether what a pattern names may as well be a part of a text: a word of a statement (`\bDROP\b`,
/// `(?i)select`), of a path (`README`) or of an address (`example.com`, `10.0.0.`). Only a list of
/// words is plainly one of whole values.
fn may_be_a_part(parts: &Parts<'_>) -> bool {
    let is_word = |word: &str| {
        let of_word = |byte: u8| byte.is_ascii_lowercase() || b"_-".contains(&byte);
        !word.is_empty() && word.bytes().all(|byte| of_word(byte) || byte.is_ascii_digit())
    };
    let body = parts.body;
    let is_list = parts.flags.is_empty() && body.contains('|') && body.split('|').all(is_word);
    let is_tied = parts.start || parts.end;
    let inside = [r"\b", r"\B", r"\s", r"\W"].iter().any(|escape| body.starts_with(escape));
    let cut = letters(body).last() == Some(('.', Letter::Sign));
    inside || cut || !is_tied && !is_list && names_of(body) == Names::Whole
}

impl<'p> Parts<'p> {
    fn of(source: &'p str) -> Parts<'p> {
        let flags = match source.strip_prefix("(?").and_then(|rest| rest.split_once(')')) {
            Some((flags, _)) if flags.bytes().all(|flag| b"isU".contains(&flag)) => flags.len() + 3,
            _ => 0,
        };
        let (flags, rest) = source.split_at(flags);
        let (start, rest) = match rest.strip_prefix('^').or_else(|| rest.strip_prefix(r"\A")) {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let bare = rest.strip_suffix('$').or_else(|| rest.strip_suffix(r"\z"));
        // A `\$` is a letter, unless its backslash is one.
        let bare = bare.filter(|bare| trailing_backslashes(bare).is_multiple_of(2));
        Parts { flags, start, body: bare.unwrap_or(rest), end: bare.is_some() }
    }
}

fn trailing_backslashes(text: &str) -> usize {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count()
}

/// How a letter of a pattern is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Letter {
    /// As itself, or as a sign of the language of patterns.
    Sign,
    /// Behind a backslash.
    Escaped,
    /// Within brackets.
    Class,
}

/// The letters of a pattern and how they are meant; backslashes are left out.
fn letters(source: &str) -> impl Iterator<Item = (char, Letter)> {
    let (mut in_class, mut escaped) = (false, false);
    source.chars().filter_map(move |letter| {
        if std::mem::take(&mut escaped) {
            return Some((letter, if in_class { Letter::Class } else { Letter::Escaped }));
        }
        match (letter, in_class) {
            ('\\', _) => {
                escaped = true;
                return None;
            }
            ('[', false) => in_class = true,
            (']', true) => in_class = false,
            (letter, false) => return Some((letter, Letter::Sign)),
            _ => {}
        }
        Some((letter, Letter::Class))
    })
}

/// The text that a pattern spells, if it spells one; a dot stands for itself.
fn plain_text(body: &str) -> Option<String> {
    let plain = |(letter, kind): (char, Letter)| {
        let is_plain = match kind {
            Letter::Sign => !r"*+?()[]{}|^$".contains(letter),
            Letter::Escaped => letter.is_ascii_punctuation(),
            Letter::Class => false,
        };
        is_plain.then_some(letter)
    };
    letters(body).map(plain).collect()
}

/// The pattern with the dots escaped that stand in names: between letters, in an address, a file's name
/// or a path.
fn with_escaped_dots(body: &str) -> String {
    if plain_text(body).is_none() && !body.contains("://") {
        return body.to_owned();
    }
    let letters: Vec<char> = body.chars().collect();
    let is_part = |at: Option<usize>, also: char| {
        at.and_then(|at| letters.get(at))
            .is_some_and(|letter| letter.is_ascii_alphanumeric() || *letter == also)
    };
    let mut text = String::new();
    let (mut in_class, mut escaped) = (false, false);
    for (at, letter) in letters.iter().enumerate() {
        let is_dot = *letter == '.' && !in_class && !escaped;
        let begins = at == 0 && is_part(Some(1), '(');
        let between = is_part(at.checked_sub(1), ')') && is_part(Some(at + 1), '(');
        // Behind an escape such as `\d` any letter may be meant.
        let behind_escape = at >= 2 && letters[at - 2] == '\\';
        if is_dot && (begins || between && !behind_escape) {
            text.push('\\');
        }
        text.push(*letter);
        match (letter, escaped) {
            (_, true) => escaped = false,
            ('\\', _) => escaped = true,
            ('[', _) => in_class = true,
            (']', _) => in_class = false,
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(source: &str) -> Option<String> {
        tied(&Pattern::compile(source).unwrap())
    }

    #[test]
    fn good_patterns_are_left_alone() {
        for source in [
            r"^https://(a|b)/",
            r"^https://(docs\.example\.org|help\.example\.com)/",
            "^feature/",
            r"(?i)^select\b",
            r"\.md$",
            r"\.(md|txt)$",
            "^/app/src/",
            r"^/app/[a-z]+",
            r"@example\.org$",
            "^feat-",
            "^SELECT ",
            r"^\d+",
            "",
            "^main$|^dev",
            ".*",
            "docs.*",
            "(?m)^main$",
            "staging",
            "[a-z]+",
            "README",
            "(?i)select",
            "(?i)select|show",
            r"\bDROP\b",
            "10.0.0.",
            "example.com",
            "a.example.com|b.example.com",
            "^reports/2024",
            "^https://example/v1",
            "^/tmp(?:/|$)",
            "(?:^|/)docs/",
            r"(^|\s)main($|\s)",
            r"\.example\.com(/|$)",
        ] {
            assert_eq!(offered(source), None, "{source}");
        }
    }

    #[test]
    fn what_is_offered_ties_to_what_the_pattern_names() {
        for (source, expected) in [
            ("ping|setup", "^(?:ping|setup)$"),
            ("feat/", "^feat/"),
            ("/app/src/", "^/app/src/"),
            ("^/app/src", "^/app/src(?:/|$)"),
            ("/app/src", "^/app/src(?:/|$)"),
            (".md$", r"\.md$"),
            (r"\.md", r"\.md$"),
            ("@example.org", r"@example\.org$"),
            ("^https://api.example.com", r"^https://api\.example\.com(?::[0-9]+)?(?:[/?#]|$)"),
            ("^https://example.com/api", r"^https://example\.com/api(?:[/?#]|$)"),
            (r"^https:\/\/a\.com", r"^https:\/\/a\.com(?::[0-9]+)?(?:[/?#]|$)"),
            ("https://10.0.0.1", r"^https://10\.0\.0\.1(?::[0-9]+)?(?:[/?#]|$)"),
            ("^https://api.example.com/", r"^https://api\.example\.com/"),
            ("https://(a|b).example.com/", r"^https://(a|b)\.example\.com/"),
            (r"(?i)select\b", r"(?i)^select\b"),
        ] {
            assert_eq!(offered(source).as_deref(), Some(expected), "{source}");
        }
    }

    #[test]
    fn an_address_keeps_its_port_and_its_query_and_no_other_host() {
        let tied = Pattern::compile(&offered("^https://api.example.com").unwrap()).unwrap();
        for rest in ["", "/a", ":443/", "?x", "#a", ":443"] {
            assert!(tied.is_match(&format!("https://api.example.com{rest}")), "{rest}");
        }
        for rest in [".evil.net", "@evil.net", ":443@evil.net", ":a@evil.net", "-evil.net"] {
            assert!(!tied.is_match(&format!("https://api.example.com{rest}")), "{rest}");
        }
    }

    #[test]
    fn alternatives_and_lines_are_told_from_what_looks_like_them() {
        for (source, alternatives, lines) in [
            ("^a|b$", true, false),
            ("^(a|b)$", false, false),
            (r"^a\|b", false, false),
            ("^[a|b]", false, false),
            ("(?m)^a$", false, true),
            ("(?im:^a$)", false, true),
            ("(?m)a", false, false),
            ("(?-m)^a", false, false),
        ] {
            assert_eq!(has_alternatives(source), alternatives, "{source}");
            assert_eq!(ties_to_lines(source), lines, "{source}");
        }
    }
}
