//! What the configuration says of the house: statements that must hold, and what calls may reach.

use super::Config;
use super::reader::{ConfigError, Reader};
use crate::assertion::{FIELDS, Reason, Statement, read_list, says_nothing};
use crate::lint::{HouseRule, Severity, rule_named};
use crate::solver::Budget;
use crate::source::{Node, Place, Pointer, Violation, ViolationKind};

/// How many steps of the solver it may take to see that conditions contradict each other.
const STEPS: u32 = 20_000;

/// The list of statements.
const STATEMENTS: &str = "statements";

/// Whether what the schema has against a statement is said by the reader of statements.
pub(super) fn is_said_in_other_words(violation: &Violation) -> bool {
    let tokens: Vec<_> = violation.place.pointer.tokens().collect();
    let is_own = match tokens.as_slice() {
        [_, _] => matches!(violation.kind, ViolationKind::MissingField { .. }),
        [_, _, field, ..] => !FIELDS.contains(&&**field),
        _ => true,
    };
    tokens.first().is_some_and(|first| first == STATEMENTS) && !is_own
}

impl Reader<'_> {
    /// Reads the statements of the house.
    pub(super) fn statements(&mut self, root: &Node) {
        let at = Pointer::root().key(STATEMENTS);
        let list = root.get(STATEMENTS).map(Node::elements).unwrap_or_default();
        let mut ids = Vec::new();
        for (index, node) in list.iter().enumerate() {
            let id = node.get("id").and_then(Node::as_str).unwrap_or_default();
            self.declare(id, &at.index(index).key("id"));
            ids.push(id);
        }
        match read_list(self.document, list, &at) {
            Err(mistakes) => self.errors.extend(mistakes.into_iter().map(|mistake| ConfigError {
                span: mistake.span,
                message: mistake.message,
                help: mistake.help,
            })),
            Ok(statements) => {
                let secrets: Vec<&str> =
                    texts(root, "secret-arguments").map(|(text, _)| text).collect();
                for (mut statement, (node, id)) in statements.into_iter().zip(list.iter().zip(ids))
                {
                    statement.hide(|name| secrets.contains(&name));
                    self.statement(statement, node, id);
                }
            }
        }
    }

    fn statement(&mut self, statement: Statement, node: &Node, id: &str) {
        let at = statement.pointer.clone();
        if let Some(reason) = says_nothing(&statement, &Budget::of_steps(STEPS)) {
            let field = if reason == Reason::Contradiction { "when" } else { "unless" };
            self.error(&Place::value(at.key(field)), reason.to_string(), None);
        }
        let severity = node.get("severity").and_then(Node::as_str).and_then(Severity::of_name);
        let severity = severity.unwrap_or(Severity::Error);
        let files = self.patterns(node, &at, "files");
        self.house.push(HouseRule::new(id.to_owned(), severity, statement, files));
    }

    /// Takes the name of a statement, which no other rule may have.
    fn declare(&mut self, id: &str, at: &Pointer) {
        let is_taken = self.declared.iter().any(|declared| declared == id);
        let message = match rule_named(id) {
            Some(_) => Some(format!("gatelint has a rule `{id}` of its own")),
            None if is_taken && !id.is_empty() => Some(format!("two statements are called `{id}`")),
            None => None,
        };
        if let Some(message) = message {
            let help = "choose a name that no other rule has".to_owned();
            self.error(&Place::value(at.clone()), message, Some(help));
        }
        self.declared.push(id.to_owned());
    }

    /// Reads what calls may reach, and what is not to be shown.
    pub(super) fn ground(&mut self, root: &Node, config: &mut Config) {
        for (text, at) in texts(root, "allowed-hosts") {
            match host(text) {
                Ok(host) => config.allowed_hosts.push(host),
                Err(help) => {
                    self.error(&at, format!("`{text}` is not the name of a host"), Some(help))
                }
            }
        }
        for (text, at) in texts(root, "path-roots") {
            match path_root(text) {
                Ok(root) => config.path_roots.push(root),
                Err(help) => {
                    self.error(&at, format!("`{text}` is no folder to stay in"), Some(help))
                }
            }
        }
        let secrets = texts(root, "secret-arguments").map(|(text, _)| text.to_owned());
        config.secret_arguments = secrets.collect();
    }
}

/// The texts of a list with their places.
fn texts<'n>(root: &'n Node, field: &'static str) -> impl Iterator<Item = (&'n str, Place)> {
    let elements = root.get(field).map(Node::elements).unwrap_or_default().iter().enumerate();
    elements.filter_map(move |(index, node)| {
        Some((node.as_str()?, Place::value(Pointer::root().key(field).index(index))))
    })
}

/// A host in lower case, or what to write instead.
fn host(text: &str) -> Result<String, String> {
    let behind = text.split_once("://").map_or(text, |(_, behind)| behind);
    let authority = behind.split(['/', '?', '#']).next().unwrap_or_default();
    let named = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (bare, port) = match named.strip_prefix('[') {
        Some(_) => named.split_at(named.find(']').map_or(named.len(), |end| end + 1)),
        None => named.split_at(named.find(':').unwrap_or(named.len())),
    };
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
    let inner = bare.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    let is_host = match inner {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !bare.is_empty() && bare.chars().all(is_name),
    };
    match (is_host, bare == text && port.is_empty()) {
        (true, true) => Ok(text.to_ascii_lowercase()),
        (true, false) => Err(format!("write the host alone: `{}`", bare.to_ascii_lowercase())),
        (false, _) => {
            Err("write each host in full and in ASCII, such as `docs.acme.example`".to_owned())
        }
    }
}

/// A folder without a slash at the end, or what to write instead.
fn path_root(text: &str) -> Result<String, String> {
    let bare = text.trim_end_matches('/');
    let is_step = |part: &str| matches!(part, "." | "..");
    match () {
        () if bare.is_empty() => Err("name a folder; every path is below `/`".to_owned()),
        () if bare.split(['/', '\\']).any(is_step) => {
            Err("write the folder that is meant, without `.` and `..`".to_owned())
        }
        () if bare.contains(['*', '?']) => {
            Err("write each folder in full; patterns are not read here".to_owned())
        }
        () => Ok(bare.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_folders_are_plain_ones_and_what_is_meant_is_said() {
        assert_eq!(host("Docs.Acme.example").as_deref(), Ok("docs.acme.example"));
        assert_eq!(host("[::1]").as_deref(), Ok("[::1]"));
        for (text, meant) in [
            ("https://docs.acme.example/a", "`docs.acme.example`"),
            ("docs.acme.example:8080", "`docs.acme.example`"),
            ("me@docs.acme.example", "`docs.acme.example`"),
            ("*.acme.example", "in full"),
            ("dócs.example", "in ASCII"),
            ("[x]", "in full"),
            ("", "in full"),
        ] {
            assert!(host(text).unwrap_err().contains(meant), "{text}");
        }
        assert_eq!(path_root("/srv/docs/").as_deref(), Ok("/srv/docs"));
        for text in ["/", "", "/srv/../etc", "./docs", "/srv/*"] {
            assert!(path_root(text).is_err(), "{text}");
        }
    }
}
