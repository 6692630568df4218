//! What a condition names: the folders, hosts, statements, programs that it is about. Dangerous values are
//! made with them.

use super::judge::{Host, VERBS, is_inside, plural, short, singular};
use crate::catalogue::Holds;
use crate::policy::{Predicate, Value};

/// The texts that a predicate compares with or looks for.
pub(super) fn texts(predicate: &Predicate) -> Vec<&str> {
    fn text(value: &Value) -> Option<&str> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
    match predicate {
        Predicate::Equal { value, .. } | Predicate::Contains(value) => {
            text(value).into_iter().collect()
        }
        Predicate::OneOf { values, .. } => values.iter().filter_map(text).collect(),
        Predicate::Matches(pattern) => vec![pattern.source()],
        Predicate::Compare { .. } | Predicate::Exists(_) => Vec::new(),
    }
}

/// The folders that a predicate names.
pub(super) fn roots(predicate: &Predicate) -> Vec<String> {
    let beginnings = match predicate {
        Predicate::Matches(pattern) => pattern.beginnings(),
        _ => texts(predicate).into_iter().map(str::to_owned).collect(),
    };
    let each = beginnings.iter().map(|beginning| root(beginning, predicate));
    let mut roots: Vec<String> = match predicate {
        // Of a pattern that may begin elsewhere too nobody knows where it leads.
        Predicate::Matches(_) => each.collect::<Option<_>>().unwrap_or_default(),
        _ => each.flatten().collect(),
    };
    roots.sort_unstable();
    roots.dedup();
    roots
}

/// The folder that all paths with a beginning lie in: the beginning itself, where it may end there or go
/// on with a slash, else what stands before its last slash.
fn root(beginning: &str, predicate: &Predicate) -> Option<String> {
    let is_anchored = match predicate {
        Predicate::Matches(pattern) => pattern.anchors().start,
        Predicate::Contains(_) => beginning.contains('/'),
        _ => true,
    };
    if !is_anchored && !beginning.starts_with('/') {
        return None;
    }
    let bare = beginning.trim_end_matches('/');
    let is_whole = beginning.ends_with('/')
        || match predicate {
            Predicate::Matches(pattern) => {
                let end = pattern.ending();
                let longer = ["", "/", "/a", "/a/b"].map(|rest| format!("{beginning}{rest}"));
                longer
                    .iter()
                    .any(|text| pattern.is_match(text) || pattern.is_match(&format!("{text}{end}")))
            }
            _ => true,
        };
    let root = if is_whole { bare } else { bare.rsplit_once('/')?.0 };
    root.contains(|c: char| c.is_alphanumeric()).then(|| root.to_owned())
}

/// The hosts that a predicate names.
pub(super) fn hosts(predicate: &Predicate) -> Vec<Host> {
    let mut hosts = Vec::new();
    for text in texts(predicate) {
        let is_pattern = matches!(predicate, Predicate::Matches(_));
        add_hosts(&mut hosts, &marked(text, is_pattern));
    }
    hosts
}

/// Stands for what a pattern leaves open.
const OPEN: char = '\u{1}';

/// A pattern with its letters as they are meant: escapes undone, and a mark for what may be anything.
fn marked(text: &str, is_pattern: bool) -> String {
    if !is_pattern {
        return text.to_owned();
    }
    let mut marked = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_repeated = |next: Option<&char>| matches!(next, Some('*' | '+' | '?' | '{'));
        match letter {
            '\\' => match letters.next() {
                Some(escaped) if escaped.is_alphanumeric() => marked.push(OPEN),
                Some(escaped) => marked.push(escaped),
                None => {}
            },
            '[' => {
                let first = letters.next();
                let mut within: Vec<char> = first.into_iter().collect();
                while let Some(letter) = letters.next_if(|letter| *letter != ']') {
                    within.push(letter);
                }
                letters.next();
                // `[.]` is a dot.
                let is_dot = within == ['.'] && !is_repeated(letters.peek());
                marked.push(if is_dot { '.' } else { OPEN });
            }
            '.' if is_repeated(letters.peek()) => marked.push(OPEN),
            '(' if letters.peek() == Some(&'?') => {
                // The flags of a group are no letters of the text.
                while letters.next_if(|letter| !matches!(letter, ':' | ')')).is_some() {}
                letters.next();
                marked.push(OPEN);
            }
            '(' | ')' | '|' | '*' | '+' | '{' | '}' => marked.push(OPEN),
            '?' if marked.ends_with(OPEN) => {}
            '^' | '$' => marked.push(' '),
            // The letter before it may be missing: `https?`.
            '?' => {}
            letter => marked.push(letter),
        }
    }
    marked
}

fn add_hosts(hosts: &mut Vec<Host>, text: &str) {
    // Behind the scheme, up to the slash; a text without a scheme is a host from its start on.
    let authorities: Vec<&str> = match ["://", "//"].into_iter().find(|sign| text.contains(sign)) {
        Some(sign) => text.split(sign).skip(1).collect(),
        None => vec![text],
    };
    for authority in authorities {
        let authority = authority.trim_start_matches([' ', '/']);
        let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
        for (at, run) in runs(authority, is_part) {
            let is_after_open = authority[..at].ends_with(OPEN) || authority[..at].ends_with('*');
            let name = run.trim_matches(['.', '-']).to_lowercase();
            let is_beginning = run.ends_with('.') && is_number(&name);
            if !name.contains('.') && name != "localhost" && !is_beginning {
                continue;
            }
            // `192.168.` begins the numbers of a network.
            let parts = 1 + name.matches('.').count();
            let name = match is_number(&name) && parts < 4 {
                true => name + &".1".repeat(4 - parts),
                false => name,
            };
            let with_subdomains = run.starts_with('.') || is_after_open;
            hosts.push(Host { name, with_subdomains });
        }
    }
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// The longest parts of a text whose letters are all of a kind, with their places.
fn runs(text: &str, is_part: impl Fn(char) -> bool) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(&is_part) {
        let from = text.len() - rest.len() + start;
        let length = text[from..].find(|c| !is_part(c)).unwrap_or(text.len() - from);
        found.push((from, &text[from..from + length]));
        rest = &text[from + length..];
    }
    found
}

/// The statements that a predicate names, by the word that they begin with.
pub(super) fn verbs(predicate: &Predicate) -> Vec<&'static str> {
    let words = words(predicate);
    VERBS.iter().copied().filter(|verb| words.iter().any(|word| word == verb)).collect()
}

/// The words of a predicate in lower case.
pub(super) fn words(predicate: &Predicate) -> Vec<String> {
    let is_pattern = matches!(predicate, Predicate::Matches(_));
    let of = |text: &str| -> Vec<String> {
        let text = marked(text, is_pattern).to_lowercase();
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words.filter(|word| word.len() > 1).map(str::to_owned).collect()
    };
    texts(predicate).into_iter().flat_map(of).collect()
}

/// What the places of a dangerous value are filled with.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    /// What the list names.
    pub name: String,
    /// How the allowed texts end.
    pub end: String,
    /// Whether addresses of the own network are among what is named.
    pub inside: bool,
}

impl Named {
    /// A value with its places filled; none where nothing is to stand there.
    pub fn fill(&self, template: &str) -> Option<String> {
        let name = &*self.name;
        let needs_name =
            template.contains("{}") || template.contains("{U") || template.contains("{up}");
        if needs_name && name.is_empty() || template.contains("{inside}") && !self.inside {
            return None;
        }
        let depth = name.split('/').filter(|part| !part.is_empty()).count();
        let (many, one) = (plural(name), singular(name));
        let cap = one[..1.min(one.len())].to_uppercase() + one.get(1..).unwrap_or_default();
        let statement = statement(name);
        let pieces = [
            ("{}", name.to_owned()),
            ("{inside}", String::new()),
            ("{up}", "../".repeat(depth)),
            ("{end}", self.end.clone()),
            ("{UP}", name.to_uppercase()),
            ("{%}", escaped(name)),
            ("{wide}", wide(name)),
            ("{one}", one),
            ("{many}", many),
            ("{Cap}", cap),
            ("{phrase}", if name.contains(' ') { name.to_owned() } else { String::new() }),
            ("{apart}", if name.contains(' ') { name.replace(' ', "  ") } else { String::new() }),
            ("{short}", short(name).unwrap_or_default().to_owned()),
            ("{STATEMENT}", statement.to_uppercase()),
            ("{Statement}", capital(&statement)),
            ("{statement}", statement),
        ];
        let mut filled = template.to_owned();
        for (place, piece) in pieces {
            if filled.contains(place)
                && piece.is_empty()
                && !matches!(place, "{inside}" | "{end}" | "{up}")
            {
                return None;
            }
            filled = filled.replace(place, &piece);
        }
        Some(filled)
    }

    /// The text of a pattern with its places filled; what fills them stands for itself.
    pub fn fill_pattern(&self, template: &str) -> Option<String> {
        let needs_name = template.contains("{}") || template.contains("{x}");
        if needs_name && self.name.is_empty()
            || template.contains("{x}") && !self.name.contains('.')
        {
            return None;
        }
        // Any one dot of the name is another letter.
        let dots = self.name.match_indices('.').map(|(at, _)| {
            let (before, after) = (&self.name[..at], &self.name[at + 1..]);
            format!("{}x{}", regex_syntax::escape(before), regex_syntax::escape(after))
        });
        let dotless = format!("(?:{})", dots.collect::<Vec<_>>().join("|"));
        Some(template.replace("{}", &regex_syntax::escape(&self.name)).replace("{x}", &dotless))
    }
}

/// A whole statement that begins with a verb.
fn statement(verb: &str) -> String {
    match verb {
        "drop" => "drop table users",
        "delete" => "delete from users",
        "truncate" => "truncate table users",
        "alter" => "alter table users drop column id",
        "update" => "update users set admin = true",
        "insert" => "insert into users values (1)",
        "create" => "create table x (y int)",
        "grant" => "grant all on users to public",
        "revoke" => "revoke all on users from public",
        "merge" => "merge into users using n on true when matched then delete",
        "replace" => "replace into users values (1)",
        "copy" => "copy users to program 'id'",
        "call" => "call wipe()",
        "exec" => "exec wipe",
        "execute" => "execute wipe",
        other => other,
    }
    .to_owned()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// A host's name with its first letter percent-encoded.
fn escaped(name: &str) -> String {
    match name.as_bytes() {
        [first, ..] if first.is_ascii_alphabetic() => format!("%{first:02x}{}", &name[1..]),
        _ => String::new(),
    }
}

/// A host's name with its first letter as a wide one, which browsers read as the same.
fn wide(name: &str) -> String {
    match name.as_bytes() {
        [first, ..] if first.is_ascii_lowercase() => {
            let wide = char::from_u32(0xFF41 + u32::from(first - b'a'));
            wide.map(|wide| format!("{wide}{}", &name[1..])).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// What a predicate names, as places of dangerous values are filled with it. Where it names nothing, one
/// that has no name.
pub(super) fn named(what: Holds, predicate: &Predicate) -> Vec<Named> {
    let end = match predicate {
        Predicate::Matches(pattern) => pattern.ending(),
        _ => String::new(),
    };
    let names: Vec<String> = match what {
        Holds::Path => roots(predicate),
        Holds::Url | Holds::Host | Holds::Email => {
            hosts(predicate).into_iter().map(|host| host.name).collect()
        }
        Holds::Sql => verbs(predicate).into_iter().map(str::to_owned).collect(),
        Holds::Branch | Holds::Kind => match predicate {
            Predicate::Matches(_) => words(predicate),
            _ => texts(predicate).into_iter().map(str::to_owned).collect(),
        },
        _ => words(predicate),
    };
    let inside = names.iter().any(|name| is_inside(name));
    let one = |name| Named { name, end: end.clone(), inside };
    match names.is_empty() {
        true => vec![one(String::new())],
        false => names.into_iter().take(MOST).map(one).collect(),
    }
}

/// The same for a list of denied values: only what it denies as it stands is what it means.
pub(super) fn named_denied(what: Holds, predicate: &Predicate) -> Vec<Named> {
    let holds = |text: &str| match predicate {
        Predicate::Matches(pattern) => pattern.is_match(text),
        Predicate::Contains(Value::String(part)) => text.contains(&**part),
        _ => texts(predicate).contains(&text),
    };
    let mut named = named(what, predicate);
    let (beginnings, whole) = match predicate {
        Predicate::Matches(pattern) => (pattern.beginnings(), Vec::new()),
        _ => (Vec::new(), texts(predicate)),
    };
    let more: Vec<String> = match what {
        Holds::Branch | Holds::Kind => {
            let longer = beginnings.iter().map(|beginning| format!("{beginning}1.0"));
            longer.chain(beginnings.iter().cloned()).collect()
        }
        Holds::Command => whole.iter().map(|text| (*text).trim().to_owned()).collect(),
        _ => Vec::new(),
    };
    named.extend(more.into_iter().map(|name| Named { name, ..Named::default() }));
    let is_denied = |named: &Named| {
        let name = &*named.name;
        match what {
            Holds::Url => [
                format!("http://{name}/"),
                format!("https://{name}/"),
                format!("http://{name}"),
                format!("https://{name}"),
                name.to_owned(),
            ]
            .iter()
            .any(|text| holds(text)),
            Holds::Command => {
                let of = |rest: &str| holds(&format!("{name}{rest}"));
                ["", " -rf /", " x", " -rf x"].into_iter().any(of)
            }
            Holds::Branch | Holds::Kind | Holds::Host => holds(name),
            _ => true,
        }
    };
    named.retain(|named| named.name.is_empty() || is_denied(named));
    if named.is_empty() {
        named.push(Named::default());
    }
    named.truncate(MOST);
    named
}

/// How many of the names of a list are tried; a list of hundreds has the same hole a hundred times.
const MOST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Pattern;

    fn pattern(source: &str) -> Predicate {
        Predicate::Matches(Pattern::compile(source).unwrap())
    }

    #[test]
    fn folders_end_where_a_name_may_end() {
        for (source, expected) in [
            ("^/srv/docs/", &["/srv/docs"][..]),
            (r"^/srv/docs/.*\.md$", &["/srv/docs"]),
            ("^/srv/docs[A-Za-z0-9_/-]*$", &["/srv/docs"]),
            (r"^/srv/docs/reports-[0-9]+\.csv$", &["/srv/docs"]),
            ("^/srv/(docs|notes)/", &["/srv/docs", "/srv/notes"]),
            ("(?i)^/srv/docs/", &["/srv/docs"]),
            ("^docs/", &["docs"]),
            (r"\.md$", &[]),
            (r"\.md", &[]),
            ("docs", &[]),
            ("(?m)^(src|/srv/docs)/", &[]),
            ("^/", &[]),
        ] {
            assert_eq!(roots(&pattern(source)), expected, "{source}");
        }
    }

    #[test]
    fn hosts_are_read_out_of_patterns() {
        let host = |name: &str, with_subdomains| Host { name: name.to_owned(), with_subdomains };
        for (source, expected) in [
            (r"^https://docs\.example\.org/", vec![host("docs.example.org", false)]),
            ("^https?://docs.example.org", vec![host("docs.example.org", false)]),
            (r"^https://[^/]*\.example\.org/a.html", vec![host("example.org", true)]),
            (r"^https://(a|b)\.example\.org(:\d+)?(/|$)", vec![host("example.org", true)]),
            (r"^([a-z0-9-]+\.)*example[.]org$", vec![host("example.org", true)]),
            (r"example\.org$", vec![host("example.org", false)]),
            (
                r"^https?://(localhost|127\.0\.0\.1)",
                vec![host("localhost", true), host("127.0.0.1", true)],
            ),
            ("^https://", vec![]),
        ] {
            assert_eq!(hosts(&pattern(source)), expected, "{source}");
        }
    }

    #[test]
    fn places_are_filled_or_the_value_is_left_out() {
        let docs = Named { name: "/srv/docs".into(), end: ".md".into(), inside: false };
        let filled = docs.fill("{}/{up}etc/shadow{end}").unwrap();
        assert_eq!(filled, "/srv/docs/../../etc/shadow.md");
        assert_eq!(docs.fill("http://{inside}127.1/"), None);
        assert_eq!(Named::default().fill("{}-private"), None);
        let host = Named { name: "a.example".into(), ..Named::default() };
        assert_eq!(host.fill_pattern("^{x}$").unwrap(), "^(?:axexample)$");
        assert_eq!(host.fill_pattern("^{}$").unwrap(), r"^a\.example$");
        assert_eq!(host.fill("https://{%}/").unwrap(), "https://%61.example/");
    }
}
