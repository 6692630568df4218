//! Where paths and addresses lead: what they have in common, as a pattern that leads nowhere else.

use std::collections::BTreeSet;

use regex_syntax::escape;

use super::census::{Census, Session};

/// Patterns have room for so many folders or hosts.
const MOST_PLACES: usize = 8;

/// Addresses, as far as all of them are plain.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Urls {
    /// How many there were that can be nothing else: with a scheme, or beginning with `www.`.
    pub(super) count: u64,
    /// How many more begin with the name of a host, which a file may have as well.
    pub(super) bare: u64,
    hosts: Census<String>,
    schemes: BTreeSet<String>,
    is_odd: bool,
}

impl Urls {
    /// Counts a text, if it may be an address: with a scheme, or a host as people write it without one.
    pub(super) fn add(&mut self, text: &str, session: Session) {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (format!("{scheme}://"), rest),
            None => (String::new(), text),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.split(':').next().unwrap_or_default();
        let port = authority.strip_prefix(host).unwrap_or_default();
        let is_http = matches!(&*scheme, "http://" | "https://");
        let is_bare = scheme.is_empty() && is_domain(host);
        if !is_http && !is_bare {
            return;
        }
        match is_http || host.starts_with("www.") {
            true => self.count += 1,
            false => self.bare += 1,
        }
        let is_port = port.is_empty()
            || port[1..].len() <= 5 && port[1..].bytes().all(|byte| byte.is_ascii_digit());
        self.is_odd |= !(is_domain(host) || host == "localhost") || !is_port;
        self.schemes.insert(scheme);
        self.hosts.add(host, session, || host.to_owned());
    }

    /// The hosts that the addresses lead to.
    pub(super) fn hosts(&self) -> &Census<String> {
        &self.hosts
    }

    /// Whether one of them has a host that no pattern is written of.
    pub(super) fn is_odd(&self) -> bool {
        self.is_odd
    }

    /// The pattern of addresses of these hosts. The host is closed behind its name, so that neither a longer
    /// name nor what stands before an `@` is taken for it.
    pub(super) fn pattern(&self) -> Option<String> {
        let hosts = alternatives(self.hosts.all().map(|host| escape(host)))?;
        let has = |scheme: &str| self.schemes.contains(scheme);
        let scheme = match (has("http://"), has("https://"), has("")) {
            (false, true, false) => "https://",
            (true, false, false) => "http://",
            (true, true, false) => "https?://",
            (false, false, _) => "",
            (_, _, true) => "(?:https?://)?",
        };
        (!self.is_odd).then(|| format!("^{scheme}{hosts}(?::[0-9]{{1,5}})?(?:[/?#]|$)"))
    }
}

/// An address up to the end of its host and port; none of one that names a user, or of another text.
pub(super) fn start_of_address(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let is_plain = matches!(scheme, "http" | "https") && !authority.is_empty();
    let is_plain =
        is_plain && !authority.contains(|letter: char| letter == '@' || letter.is_whitespace());
    is_plain.then(|| &text[..scheme.len() + "://".len() + authority.len()])
}

/// Paths, as far as none of them leads up.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Paths {
    /// How many of them are absolute.
    pub(super) absolute: u64,
    /// The first folder of each absolute path.
    tops: Census<String>,
    /// What all paths below a first folder begin with, part by part.
    roots: Vec<Vec<String>>,
    is_relative: bool,
    is_here: bool,
    has_hidden: bool,
    is_odd: bool,
}

impl Paths {
    /// What the names of files have behind their first letter, and what leads nowhere.
    const SIGNS: &str = "._ @+,=()~-";

    /// Counts a text as a path.
    pub(super) fn add(&mut self, text: &str, session: Session) {
        if self.is_odd {
            return;
        }
        if matches!(text, "." | "./") {
            self.is_here = true;
            return;
        }
        let is_absolute = text.starts_with('/');
        let inner = text.trim_start_matches("./").trim_matches('/');
        let parts: Vec<&str> = inner.split('/').collect();
        self.is_odd = inner.is_empty() || text.starts_with("//") || !self.take_parts(&parts);
        if self.is_odd {
            return;
        }
        match is_absolute {
            true => {
                self.absolute += 1;
                self.tops.add(parts[0], session, || parts[0].to_owned());
                self.take_root(&parts);
            }
            false => self.is_relative = true,
        }
    }

    /// Looks at the parts of a path; whether all are plain names.
    fn take_parts(&mut self, parts: &[&str]) -> bool {
        parts.iter().all(|part| {
            let name = part.strip_prefix('.').unwrap_or(part);
            self.has_hidden |= name.len() < part.len();
            let is_plain =
                |letter: char| letter.is_ascii_alphanumeric() || Self::SIGNS.contains(letter);
            let is_first = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
            name.starts_with(is_first) && name.chars().all(is_plain)
        })
    }

    fn take_root(&mut self, parts: &[&str]) {
        let has_room = self.roots.len() < MOST_PLACES;
        match self.roots.iter_mut().find(|root| root[0] == parts[0]) {
            Some(root) => {
                let same = root.iter().zip(parts).take_while(|(one, other)| one == other);
                let same = same.count();
                root.truncate(same);
            }
            None if has_room => {
                self.roots.push(parts.iter().map(|part| (*part).to_owned()).collect());
            }
            None => {}
        }
    }

    /// The first folders of absolute paths; of relative ones there is none.
    pub(super) fn tops(&self) -> &Census<String> {
        &self.tops
    }

    /// Whether one of them leads up or is no plain path.
    pub(super) fn is_odd(&self) -> bool {
        self.is_odd
    }

    /// The pattern of paths below what all of them begin with, in which no part leads up. Files whose names begin
    /// with a dot are let through only where some were.
    pub(super) fn pattern(&self) -> Option<String> {
        if self.is_odd || self.tops.is_overfull() || self.tops.all().len() > MOST_PLACES {
            return None;
        }
        let dot = if self.has_hidden { r"\.?" } else { "" };
        let name = format!("{dot}[A-Za-z0-9_-][A-Za-z0-9{}]*", Self::SIGNS);
        let roots = self.roots.iter().map(|root| escape(&format!("/{}", root.join("/"))));
        let starts = alternatives(
            roots
                .chain(self.is_relative.then(|| format!("(?:\\./)?{name}")))
                .chain(self.is_here.then(|| r"\.".to_owned())),
        )?;
        Some(format!("^{starts}(?:/{name})*/?$"))
    }
}

/// Whether a text is the name of a host with a dot.
pub(super) fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.contains('.') && text.split('.').all(is_label)
}

/// Patterns of which one must match.
fn alternatives(patterns: impl Iterator<Item = String>) -> Option<String> {
    let patterns: Vec<String> = patterns.collect();
    match &patterns[..] {
        [] => None,
        [one] => Some(one.clone()),
        several if several.len() <= MOST_PLACES => Some(format!("(?:{})", several.join("|"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Pattern;

    fn paths(texts: &[&str]) -> Option<String> {
        let mut paths = Paths::default();
        texts.iter().for_each(|text| paths.add(text, None));
        paths.pattern()
    }

    fn urls(texts: &[&str]) -> Option<String> {
        let mut urls = Urls::default();
        texts.iter().for_each(|text| urls.add(text, None));
        urls.pattern()
    }

    #[test]
    fn paths_are_tied_to_the_folder_that_all_have_in_common() {
        let seen = ["/srv/app/a.txt", "/srv/app/src/b c.rs", "/srv/app/src"];
        let pattern = Pattern::compile(&paths(&seen).unwrap()).unwrap();
        assert!(seen.iter().all(|path| pattern.is_match(path)));
        assert!(pattern.is_match("/srv/app/docs/new.md"));
        for bad in [
            "/srv/app/../../etc/passwd",
            "/srv/app/./../x",
            "/srv/application/x",
            "/srv/app/.env",
            "/srv/app//etc",
            "x/srv/app/a",
            "/srv/app/a\n/etc",
        ] {
            assert!(!pattern.is_match(bad), "{bad}");
        }
        assert_eq!(paths(&["/srv/app/../x"]), None, "what led up once has no folder");
        assert_eq!(paths(&[r"C:\x", "/a"]), None);
    }

    #[test]
    fn relative_paths_stay_below() {
        let pattern = Pattern::compile(&paths(&["bill.txt", "./docs/a.md", "."]).unwrap()).unwrap();
        assert!(["bill.txt", "./docs/a.md", ".", "x/y"].iter().all(|path| pattern.is_match(path)));
        assert!(
            !["../x", "/etc/passwd", "a/../../b", "~/.ssh"]
                .iter()
                .any(|path| pattern.is_match(path))
        );
    }

    #[test]
    fn addresses_are_tied_to_their_hosts() {
        let pattern = urls(&["https://a.example/x", "https://b.example:8080?q=1"]).unwrap();
        let pattern = Pattern::compile(&pattern).unwrap();
        assert!(
            pattern.is_match("https://a.example/other") && pattern.is_match("https://b.example")
        );
        for bad in [
            "https://a.example.evil.example/",
            "https://a.example@evil.example/",
            "https://a.example:x@evil.example/",
            r"https://a.example\@evil.example/",
            "https://evil.example/https://a.example/",
            "http://a.example/",
        ] {
            assert!(!pattern.is_match(bad), "{bad}");
        }
        assert_eq!(urls(&["https://u@a.example/"]), None);
        assert_eq!(urls(&["a.example/x"]).unwrap(), r"^a\.example(?::[0-9]{1,5})?(?:[/?#]|$)");
        assert_eq!(
            urls(&["www.a.example", "http://b.example/x"]).unwrap(),
            r"^(?:https?://)?(?:www\.a\.example|b\.example)(?::[0-9]{1,5})?(?:[/?#]|$)"
        );
    }
}
