//! Whether a value is what a list of allowed values is to keep out, or the same as what a list of denied
//! values names: places, hosts, statements, commands, branches and kinds as those who take them read them.

use std::net::{IpAddr, Ipv4Addr};

use unicode_normalization::UnicodeNormalization;

/// A host that a condition names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    /// Its name or number, in lower case.
    pub name: String,
    /// Whether hosts below it are meant as well.
    pub with_subdomains: bool,
}

/// The place that a path leads to: `.` and `..` followed, doubled slashes made one. A path that begins
/// nowhere stays relative.
pub(super) fn place(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            ".." if path.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    format!("{}{}", if path.starts_with('/') { "/" } else { "" }, parts.join("/"))
}

/// Whether a path leads to a place or below it.
pub(super) fn is_below(path: &str, root: &str) -> bool {
    let (place, root) = (place(path), place(root));
    let rest = place.strip_prefix(&root);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || root.ends_with('/'))
}

/// The host that an address leads to, as browsers read it
/// (<https://url.spec.whatwg.org/#concept-basic-url-parser>): backslashes are slashes, what stands before
/// `@` is a user, letters have no case, `%41` is `A`.
pub(super) fn host_of(url: &str) -> String {
    let plain: String = url.nfkc().filter(|c| !matches!(c, '\t' | '\r' | '\n')).collect();
    let plain = plain.trim().replace('\\', "/").replace('\u{3002}', ".");
    let is_scheme = |scheme: &str| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    let rest = match plain.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) && rest.starts_with('/') => rest,
        _ => &plain,
    };
    let rest = rest.trim_start_matches('/');
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((number, _)) => number,
        None if host.matches(':').count() == 1 => host.split(':').next().unwrap_or_default(),
        None => host,
    };
    unescaped(host).to_lowercase().trim_end_matches('.').to_owned()
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let digits = more.get(..2).filter(|_| *first == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => (bytes.push(byte), rest = &more[2..]),
            None => (bytes.push(*first), rest = more),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a host is one of some.
pub(super) fn is_host(host: &str, hosts: &[Host]) -> bool {
    hosts.iter().any(|known| {
        let below = host.strip_suffix(&*known.name).is_some_and(|before| before.ends_with('.'));
        host == known.name || known.with_subdomains && below
    })
}

/// Whether a host is of the machine itself, of the network that it stands in, or tells its secrets.
pub(super) fn is_inside(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    matches!(last, "localhost" | "local" | "internal" | "localdomain")
        || host.starts_with("metadata")
        || address(host).is_some_and(|address| match address {
            IpAddr::V4(four) => is_inside_4(four),
            IpAddr::V6(six) => {
                six.is_loopback()
                    || six.is_unspecified()
                    || six.to_ipv4_mapped().is_some_and(is_inside_4)
                    || six.segments()[0] & 0xfe00 == 0xfc00
                    || six.segments()[0] & 0xffc0 == 0xfe80
            }
        })
}

fn is_inside_4(four: Ipv4Addr) -> bool {
    four.is_loopback() || four.is_private() || four.is_link_local() || four.is_unspecified()
}

/// The address that a host is written as: in four parts or fewer, each decimal, octal or hexadecimal, as
/// `inet_aton` reads it.
fn address(host: &str) -> Option<IpAddr> {
    if let Ok(address) = host.parse() {
        return Some(address);
    }
    let number = |part: &str| match part.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None if part.len() > 1 && part.starts_with('0') => u32::from_str_radix(part, 8).ok(),
        None => part.parse().ok(),
    };
    let parts: Vec<u32> = host.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) {
        return None;
    }
    let high = first.iter().enumerate().map(|(at, part)| part << (24 - 8 * at)).sum::<u32>();
    Some(IpAddr::V4(Ipv4Addr::from(high.checked_add(*last)?)))
}

/// Statements that write, by the word that they begin with.
pub(super) const VERBS: [&str; 15] = [
    "drop", "delete", "truncate", "alter", "update", "insert", "create", "grant", "revoke",
    "merge", "replace", "copy", "call", "exec", "execute",
];

/// Whether a statement of one of these verbs is run by a text: at its start, behind `;`, `analyze`,
/// `explain` or `do`, and in brackets of a `with`; not in quotes and comments.
pub(super) fn has_statement(text: &str, verbs: &[&str]) -> bool {
    let bare = without_quotes(text).to_lowercase();
    let (mut begins, mut in_with) = (true, false);
    for token in tokens(&bare) {
        if begins && verbs.contains(&token) {
            return true;
        }
        in_with |= begins && matches!(token, "with" | "explain");
        begins = matches!(token, ";" | "analyze" | "explain" | "do")
            || in_with && matches!(token, "(" | ")" | "as");
    }
    false
}

/// A text without its comments and what it quotes.
fn without_quotes(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = match first {
            _ if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '\'' => rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
            _ => 0,
        };
        bare.push(if skipped > 0 { ' ' } else { first });
        rest = &rest[skipped.max(first.len_utf8())..];
    }
    bare
}

/// Words and signs of a text.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.flat_map(|piece| {
        let word = piece.trim_end_matches(|c: char| !(c.is_alphanumeric() || c == '_'));
        let sign = piece[word.len()..].trim();
        [word, sign].into_iter().filter(|token| !token.is_empty())
    })
}

/// Programs that start others or undo much.
const PROGRAMS: [&str; 16] = [
    "rm", "find", "dd", "sh", "bash", "zsh", "env", "eval", "perl", "python3", "node", "curl",
    "wget", "nc", "sudo", "xargs",
];

/// Whether a shell starts a second command for it.
pub(super) fn has_second_command(text: &str) -> bool {
    text.contains([';', '&', '|', '`', '\n', '<', '>'])
        || text.contains("$(")
        || text.contains("${")
}

/// Whether one of some programs, or one that can do as much, is called in a command line.
pub(super) fn calls(text: &str, programs: &[String]) -> bool {
    let plain = text.replace(['\\', '\'', '"'], "");
    let mut words = plain.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.any(|word| programs.iter().any(|program| program == word) || PROGRAMS.contains(&word))
}

/// The branch that git takes a reference for; it tells upper from lower case.
pub(super) fn branch(reference: &str) -> &str {
    let mut name = reference.trim().trim_start_matches('+');
    for prefix in ["refs/", "heads/", "remotes/", "origin/"] {
        name = name.strip_prefix(prefix).unwrap_or(name);
    }
    name.split(['~', '^']).next().unwrap_or(name)
}

/// The kinds that a list of resources names, in lower case and the plural, without group and name.
pub(super) fn kinds(text: &str) -> Vec<String> {
    let of = text.split([',', ' ', '\n']).map(str::trim).filter(|kind| !kind.is_empty());
    of.map(|kind| plural(kind.split(['.', '/']).next().unwrap_or(kind))).collect()
}

/// Short names that the API server knows.
const SHORT: [(&str, &str); 14] = [
    ("cm", "configmaps"),
    ("po", "pods"),
    ("deploy", "deployments"),
    ("svc", "services"),
    ("ns", "namespaces"),
    ("sa", "serviceaccounts"),
    ("pv", "persistentvolumes"),
    ("pvc", "persistentvolumeclaims"),
    ("ing", "ingresses"),
    ("no", "nodes"),
    ("cj", "cronjobs"),
    ("crd", "customresourcedefinitions"),
    ("ds", "daemonsets"),
    ("sts", "statefulsets"),
];

/// The plural of a kind in lower case, as Kubernetes names resources.
pub(super) fn plural(kind: &str) -> String {
    let lower = kind.to_lowercase();
    if let Some((_, long)) = SHORT.iter().find(|(short, _)| *short == lower) {
        return (*long).to_owned();
    }
    match lower.chars().last() {
        Some('s') if !lower.ends_with("ss") => lower,
        Some('s' | 'x') => lower + "es",
        Some('y') => format!("{}ies", &lower[..lower.len() - 1]),
        _ => lower + "s",
    }
}

/// The singular of a kind in lower case.
pub(super) fn singular(kind: &str) -> String {
    let many = plural(kind);
    let one = many.strip_suffix("ies").map(|stem| format!("{stem}y"));
    let one = one.or_else(|| many.strip_suffix("sses").map(|stem| format!("{stem}ss")));
    one.unwrap_or_else(|| many.strip_suffix('s').unwrap_or(&many).to_owned())
}

/// The short name of a kind, if it has one.
pub(super) fn short(kind: &str) -> Option<&'static str> {
    let many = plural(kind);
    SHORT.iter().find(|(_, long)| *long == many).map(|(short, _)| *short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_followed_to_the_place_that_they_lead_to() {
        for (path, root, below) in [
            ("/srv/docs/a.md", "/srv/docs", true),
            ("/srv/docs", "/srv/docs/", true),
            ("/srv/docs/../docs/a", "/srv/docs", true),
            ("/srv/docs/../../etc/shadow", "/srv/docs", false),
            ("/srv/docs-private", "/srv/docs", false),
            ("//srv//docs/./a", "/srv/docs", true),
            (r"/srv/docs\..\..\etc", "/srv/docs", false),
            ("docs/../../x", "docs", false),
            ("docs/x", "docs", true),
        ] {
            assert_eq!(is_below(path, root), below, "{path}");
        }
    }

    #[test]
    fn hosts_are_read_as_browsers_read_them() {
        for (url, host) in [
            ("https://docs.example.org/a", "docs.example.org"),
            ("https://docs.example.org@evil.example/", "evil.example"),
            ("https://docs.example.org:x@evil.example/", "evil.example"),
            (r"https://evil.example\.example.org/", "evil.example"),
            ("https://evil.example?.example.org/", "evil.example"),
            ("HTTPS://DOCS.example.org./", "docs.example.org"),
            ("https://%64ocs.example.org/", "docs.example.org"),
            ("http://[::1]:80/", "::1"),
            ("docs.example.org:443", "docs.example.org"),
            ("https://ｄocs.example.org/", "docs.example.org"),
        ] {
            assert_eq!(host_of(url), host, "{url}");
        }
        for inside in ["localhost", "127.1", "2130706433", "0x7f000001", "::1", "10.1.2.3"] {
            assert!(is_inside(inside), "{inside}");
        }
        for outside in ["example.org", "8.8.8.8", "134744072", "2001:db8::1", "localhost.example"] {
            assert!(!is_inside(outside), "{outside}");
        }
    }

    #[test]
    fn statements_are_found_where_they_are_run() {
        let verbs = &["drop", "delete"];
        for text in [
            " DROP TABLE x",
            "/**/drop table x",
            "select 1; drop table x",
            "with d as (delete from x) select 1",
            "explain analyze delete from x",
            "select 1 -- a\n; drop table x",
        ] {
            assert!(has_statement(text, verbs), "{text}");
        }
        for text in [
            "select 'drop table x'",
            "select 1 -- ; drop",
            "select deleted from drops",
            "select as (delete from users)",
        ] {
            assert!(!has_statement(text, verbs), "{text}");
        }
    }

    #[test]
    fn branches_and_kinds_have_other_spellings() {
        for reference in ["main", "refs/heads/main", "origin/main", "main~0", "+main"] {
            assert_eq!(branch(reference), "main", "{reference}");
        }
        for kind in ["secret", "Secrets", "secrets.v1.", "secrets/x"] {
            assert_eq!(kinds(kind), ["secrets"], "{kind}");
        }
        assert_eq!(kinds("pods,ing"), ["pods", "ingresses"]);
        assert_eq!(
            (singular("networkpolicies"), plural("ingress")),
            ("networkpolicy".into(), "ingresses".into())
        );
    }
}
