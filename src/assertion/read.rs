//! Reading a file of statements.

use super::{Claim, Statement};
use crate::policy::{self, DefectKind, Dialect, Window};
use crate::source::{
    Document, Entry, Key, Kind, Node, Part, Place, Pointer, Span, ViolationKind, violations,
};

/// The schema, compiled at build time.
#[jsonschema::validator(path = "schemas/assert.schema.json")]
struct Schema;

/// The schema's text, for the names of known fields.
const SCHEMA: &str = include_str!("../../schemas/assert.schema.json");

/// Something that is wrong in a file of statements.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where.
    pub place: Place,
}

/// Reads the statements of a file.
///
/// # Errors
/// Every mistake in it.
pub fn read(document: &Document) -> Result<Vec<Statement>, Vec<Mistake>> {
    let Some(root) = document.root.as_ref().filter(|_| document.is_readable()) else {
        let place = Place::start(Pointer::root());
        let message = document.problems.first().map(|problem| problem.kind.to_string());
        let message = message.unwrap_or_else(|| "the file is empty".to_owned());
        return Err(vec![Mistake { message, help: None, place }]);
    };
    let mut mistakes: Vec<Mistake> = violations(root, SCHEMA, Schema::iter_errors(&root.to_json()))
        .into_iter()
        // How fields go together is said in words of our own.
        .filter(|violation| !matches!(violation.kind, ViolationKind::Other { .. }))
        .map(|violation| Mistake {
            message: violation.kind.to_string(),
            help: violation.kind.help(),
            place: violation.place,
        })
        .collect();
    let list = Pointer::root().key("assert");
    let elements = root.get("assert").map(Node::elements).unwrap_or_default();
    let statements: Vec<Statement> = elements
        .iter()
        .enumerate()
        .filter_map(|(index, node)| statement(node, list.index(index), &mut mistakes))
        .collect();
    if mistakes.is_empty() { Ok(statements) } else { Err(mistakes) }
}

fn statement(node: &Node, pointer: Pointer, mistakes: &mut Vec<Mistake>) -> Option<Statement> {
    if !node.is_map() {
        return None;
    }
    let mut wrong = |message: &str, help: &str, place: Place| {
        mistakes.push(Mistake { message: message.to_owned(), help: Some(help.to_owned()), place });
    };
    let text = |field: &str| node.get(field).and_then(Node::as_str).map(str::to_owned);
    let (deny, limit) = (node.get("deny"), node.get("limit"));
    match (deny, limit) {
        (None, None) => {
            let help = "write `deny` or `limit`, and the tools that are meant";
            wrong("the statement says nothing of any tool", help, Place::start(pointer.clone()));
        }
        (Some(_), Some(_)) => {
            let help = "make two statements of it";
            wrong("`deny` and `limit` in one statement", help, Place::key(pointer.key("limit")));
        }
        _ => {}
    }
    let belongs = [("when", "deny", deny), ("max", "limit", limit), ("window", "limit", limit)];
    for (field, owner, present) in belongs {
        if node.get(field).is_some() && present.is_none() && (deny.is_some() || limit.is_some()) {
            let message = format!("`{field}` belongs to `{owner}`");
            wrong(&message, "move it, or remove it", Place::key(pointer.key(field)));
        } else if node.get(field).is_none() && present.is_some() && field != "when" {
            let message = format!("`{owner}` needs `{field}`");
            wrong(&message, &format!("add `{field}`"), Place::start(pointer.clone()));
        }
    }
    let claim = match (deny, limit) {
        (Some(_), _) => {
            let conditions = node.get("when").cloned();
            if let Some(conditions) = &conditions {
                mistakes.extend(wrong_patterns(conditions, &pointer.key("when")));
            }
            Claim::Denied(conditions)
        }
        _ => Claim::Limited {
            max: node.get("max")?.to_json().as_i64()?,
            window: Window::of_name(&text("window")?)?,
        },
    };
    let tools = text("deny").or_else(|| text("limit"))?;
    Some(Statement { name: text("name"), tools, claim, pointer })
}

/// The patterns of some conditions that no gateway would take.
fn wrong_patterns(conditions: &Node, at: &Pointer) -> Vec<Mistake> {
    let tree = policy_tree("t", "deny_if", Some(conditions));
    let (_, defects) = policy::read_tree(&tree, Dialect::V1);
    let patterns =
        defects.into_iter().filter(|d| matches!(d.kind, DefectKind::InvalidRegex { .. }));
    let own = Pointer::parse("/tools/t/deny_if/0/conditions");
    patterns
        .filter_map(|defect| {
            let crate::policy::Location::Place(place) = &defect.location else { return None };
            let below = place.pointer.as_str().strip_prefix(own.as_str())?;
            let pointer = Pointer::parse(&format!("{at}{below}"));
            let place = Place { pointer, part: Part::Value };
            Some(Mistake { message: defect.kind.to_string(), help: None, place })
        })
        .collect()
}

/// A version "1" policy that allows everything but what one list of one tool refuses; with
/// conditions, as its only entry.
pub(super) fn policy_tree(tool: &str, list: &str, conditions: Option<&Node>) -> Node {
    let map = |entries: Vec<(&str, Node)>| {
        let entries = entries.into_iter().map(|(key, value)| Entry {
            key: Key { text: key.into(), span: Span::default() },
            value,
        });
        Node::new(Kind::Map(entries.collect::<Vec<_>>().into()), Span::default())
    };
    let seq = |elements| Node::new(Kind::Seq(elements), Span::default());
    let text = |text: &str| Node::string(text, Span::default());
    let conditions = conditions.cloned().unwrap_or_else(|| seq(Vec::new()));
    let entries = seq(vec![map(vec![("conditions", conditions)])]);
    let tools = map(vec![(tool, map(vec![(list, entries)]))]);
    map(vec![("version", text("1")), ("default", text("allow")), ("tools", tools)])
}
