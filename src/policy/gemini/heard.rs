//! What settings say in vain: texts that keep the program from starting, and fields where it does not look.

use crate::source::{Document, Node, Pointer, Problem, ProblemKind, Span};

/// A file of rules of the user.
const POLICIES: &str = "~/.gemini/policies/NAME.toml";

/// What stops something in older versions and in other programs, and where it belongs.
pub(super) const STOPS: [(&str, &str); 15] = [
    ("coreTools", "tools.core"),
    ("disabledTools", "tools.exclude"),
    ("excludeMCPServers", "mcp.excluded"),
    ("excludeTools", "tools.exclude"),
    ("mcp.deny", "mcp.excluded"),
    ("mcp.exclude", "mcp.excluded"),
    ("permissions.ask", POLICIES),
    ("permissions.deny", POLICIES),
    ("terminal.denyList", POLICIES),
    ("tools.blocked", "tools.exclude"),
    ("tools.denied", "tools.exclude"),
    ("tools.deny", "tools.exclude"),
    ("tools.disabled", "tools.exclude"),
    ("tools.excludeTools", "tools.exclude"),
    ("tools.excluded", "tools.exclude"),
];

/// What allows something there. Nothing is lost with it but a question.
pub(super) const ALLOWS: [&str; 7] = [
    "allowMCPServers",
    "allowedTools",
    "permissions.allow",
    "terminal.allowList",
    "tools.allow",
    "tools.allowedTools",
    "tools.autoApprove",
];

/// What keeps the program from starting: it reads JSON with comments as JavaScript has them, and nothing else.
pub(super) fn refusals(document: &Document) -> Vec<Problem> {
    let refused = |problem: &Problem| match problem.kind {
        ProblemKind::TrailingComma => Some(problem.clone()),
        ProblemKind::JsonComment if document.text[problem.span.range()].starts_with('#') => {
            let message = "a comment begins with `//`, not with `#`".to_owned();
            Some(Problem::new(ProblemKind::Syntax { message }, problem.span))
        }
        _ => problem.kind.is_fatal().then(|| problem.clone()),
    };
    let mut refused: Vec<Problem> = document.problems.iter().filter_map(refused).collect();
    if document.text.starts_with('\u{feff}') {
        let message = "a byte order mark stands here, which the program's reader refuses";
        let kind = ProblemKind::Syntax { message: message.to_owned() };
        refused.push(Problem::new(kind, Span::new(0, 3)));
    }
    refused
}

/// Whether the program heeds nothing of what settings say of permissions, or does not start with them.
pub(in crate::policy) fn is_unheard(document: &Document) -> bool {
    let is_object = document.root.as_ref().is_some_and(Node::is_map);
    !is_object || !refusals(document).is_empty() || document.root.as_ref().is_some_and(has_unheard)
}

/// Whether settings say something of permissions where the program does not look.
fn has_unheard(root: &Node) -> bool {
    let stops = STOPS.iter().map(|(path, _)| *path);
    stops.chain(ALLOWS).any(|path| place_of(root, path).is_some())
}

/// Where a field is, written as a way of names or as one name with dots.
pub(super) fn place_of(root: &Node, path: &str) -> Option<Pointer> {
    let top = Pointer::root();
    if root.get(path).is_some() {
        return Some(top.key(path));
    }
    let (group, field) = path.split_once('.')?;
    root.get(group)?.get(field).map(|_| top.key(group).key(field))
}
