//! A list of allowed or of denied values: what it names, and whether a value is what it is about.

use super::judge::{
    Host, VERBS, branch, calls, has_second_command, has_statement, host_of, is_below, is_host,
    is_inside, kinds, place, plural,
};
use super::names::{Named, hosts, named, named_denied, roots, texts, verbs, words};
use crate::catalogue::Holds;
use crate::policy::Predicate;

/// A list of values, as a predicate gives it.
pub(super) struct List<'p> {
    what: Holds,
    predicate: &'p Predicate,
    /// What it names.
    pub named: Vec<Named>,
    hosts: Vec<Host>,
}

impl<'p> List<'p> {
    /// The list that a predicate is for an argument that holds something.
    pub fn new(what: Holds, predicate: &'p Predicate) -> List<'p> {
        List { what, predicate, named: named(what, predicate), hosts: hosts(predicate) }
    }

    /// The same of denied values.
    pub fn denied(what: Holds, predicate: &'p Predicate) -> List<'p> {
        List { named: named_denied(what, predicate), ..List::new(what, predicate) }
    }

    /// Whether it denies `..`, and so is meant to keep calls within a folder, which it does not name.
    pub fn denies_climbing(&self) -> bool {
        let climbs = |text: &&str| text.replace('\\', "").contains("..");
        roots(self.predicate).is_empty() && texts(self.predicate).iter().any(climbs)
    }

    /// Whether it names no folder, and lets no path from the root through.
    fn stays_below(&self) -> bool {
        match self.predicate {
            Predicate::Matches(pattern) => {
                let end = pattern.ending();
                ["/etc/passwd", "/a", "/"].iter().all(|path| {
                    !pattern.is_match(path) && !pattern.is_match(&format!("{path}{end}"))
                })
            }
            _ => false,
        }
    }

    /// Whether it denies what parts statements and names none.
    pub fn denies_second(&self) -> bool {
        let parts = |text: &&str| text.contains(';') || text.contains("--");
        verbs(self.predicate).is_empty() && texts(self.predicate).iter().any(parts)
    }

    /// Whether it says where the texts of an argument lead to.
    pub fn is_telling(&self) -> bool {
        match self.what {
            Holds::Path => !roots(self.predicate).is_empty(),
            Holds::Url | Holds::Host | Holds::Email => !self.hosts.is_empty(),
            _ => true,
        }
    }

    /// Whether a value is plainly one that a list of allowed values is to keep out.
    pub fn is_kept_out(&self, value: &str) -> bool {
        match self.what {
            Holds::Path => {
                let roots = roots(self.predicate);
                match roots.is_empty() {
                    true => self.stays_below() && place(value).starts_with(".."),
                    false => !roots.iter().any(|root| is_below(value, root)),
                }
            }
            Holds::Url | Holds::Host => {
                let host = host_of(value);
                !self.hosts.is_empty() && !host.is_empty() && !is_host(&host, &self.hosts)
            }
            Holds::Email => {
                let domain = value.rsplit('@').next().unwrap_or_default().to_lowercase();
                !self.hosts.is_empty() && !is_host(&domain, &self.hosts)
            }
            Holds::Sql => {
                let meant = verbs(self.predicate);
                let others = VERBS.iter().filter(|verb| !meant.contains(verb));
                has_statement(value, &others.copied().collect::<Vec<_>>())
            }
            Holds::Command => has_second_command(value),
            Holds::Code => true,
            Holds::Kind => {
                let meant: Vec<String> =
                    words(self.predicate).iter().map(|kind| plural(kind)).collect();
                kinds(value).iter().any(|kind| kind == "secrets" && !meant.contains(kind))
            }
            _ => false,
        }
    }

    /// Whether a value is one that a list of denied values means, though it may be written otherwise.
    pub fn is_meant(&self, value: &str) -> bool {
        let names = || self.named.iter().map(|named| &*named.name).filter(|name| !name.is_empty());
        match self.what {
            Holds::Path => names().any(|root| is_below(value, root)),
            Holds::Url | Holds::Host => {
                let host = host_of(value);
                let inside = names().any(is_inside);
                is_host(&host, &self.hosts) || inside && is_inside(&host)
            }
            Holds::Email => {
                let domain = value.rsplit('@').next().unwrap_or_default().to_lowercase();
                is_host(&domain, &self.hosts)
            }
            Holds::Sql => !verbs(self.predicate).is_empty() && has_statement(value, &VERBS),
            Holds::Command => {
                let programs: Vec<String> = names().map(str::to_owned).collect();
                match programs.is_empty() {
                    true => has_second_command(value),
                    false => calls(value, &programs) || runs_phrase(value, &programs),
                }
            }
            Holds::Code => names().next().is_some(),
            Holds::Branch => names().any(|name| branch(value) == branch(name)),
            Holds::Kind => {
                kinds(value).iter().any(|kind| names().any(|name| *kind == plural(name)))
            }
            _ => false,
        }
    }
}

/// Whether some words are run in a command line, however far apart they stand.
fn runs_phrase(text: &str, phrases: &[String]) -> bool {
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    phrases.iter().any(|phrase| phrase.contains(' ') && plain.contains(&**phrase))
}
