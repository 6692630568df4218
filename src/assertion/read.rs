//! Reading a file of statements.

use std::ops::Range;

use super::{Claim, Statement};
use crate::policy::{self, DefectKind, Dialect, Window};
use crate::source::{
    Document, Entry, Key, Kind, Node, Part, Place, Pointer, Schema, Span, ViolationKind, one_of,
};

static SCHEMA: Schema = Schema::new(include_str!("../../schemas/assert.schema.json"));

/// The fields of a statement.
pub const FIELDS: [&str; 7] = ["name", "deny", "ask", "limit", "when", "max", "window"];

/// What a statement can say, each with the tools that it is said of.
const CLAIMS: [&str; 3] = ["deny", "ask", "limit"];

/// What is said besides: with what, and whether it must be.
const OWNED: [(&str, &[&str], bool); 3] =
    [("when", &["deny", "ask"], false), ("max", &["limit"], true), ("window", &["limit"], true)];

/// Something that is wrong in a file of statements.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The bytes of the place.
    pub span: Range<usize>,
}

/// The same while reading, with the place as a pointer.
struct Misplaced {
    message: String,
    help: Option<String>,
    place: Place,
}

impl Misplaced {
    fn in_document(self, document: &Document) -> Mistake {
        let Misplaced { message, help, place } = self;
        Mistake { message, help, span: document.span_of(&place) }
    }
}

/// Reads the statements of a file.
///
/// # Errors
/// Every mistake in it.
pub fn read(document: &Document) -> Result<Vec<Statement>, Vec<Mistake>> {
    let text = document.problems.iter().map(|problem| Mistake {
        message: problem.kind.to_string(),
        help: Some(problem.kind.help().to_owned()),
        span: problem.span.range(),
    });
    let mut wrong: Vec<Mistake> = text.collect();
    let mut mistakes = Vec::new();
    let root = document.root.as_ref().filter(|_| document.is_readable());
    let found = root.map(|root| statements(root, &mut mistakes)).unwrap_or_default();
    wrong.extend(mistakes.into_iter().map(|mistake| mistake.in_document(document)));
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// Reads statements that stand at a place of a document with other things than a file of statements has.
/// Fields of theirs that are none of [`FIELDS`] are for whoever put them there.
///
/// # Errors
/// Every mistake in them.
pub fn read_list(
    document: &Document,
    list: &[Node],
    at: &Pointer,
) -> Result<Vec<Statement>, Vec<Mistake>> {
    let own = |entry: &&Entry| FIELDS.contains(&&*entry.key.text);
    let bare = |node: &Node| match &node.kind {
        Kind::Map(map) => {
            let entries: Vec<Entry> = map.entries().iter().filter(own).cloned().collect();
            Node::new(Kind::Map(entries.into()), node.span)
        }
        _ => node.clone(),
    };
    let elements = list.iter().map(bare).collect();
    let root = map(vec![("assert", Node::new(Kind::Seq(elements), Span::default()))]);
    let mut mistakes = Vec::new();
    let mut found = statements(&root, &mut mistakes);
    let moved = |pointer: &Pointer| {
        let below = pointer.as_str().strip_prefix("/assert").unwrap_or_default();
        Pointer::parse(&format!("{at}{below}"))
    };
    found.iter_mut().for_each(|statement| statement.pointer = moved(&statement.pointer));
    let wrong = mistakes.into_iter().map(|mut mistake| {
        mistake.place.pointer = moved(&mistake.place.pointer);
        mistake.in_document(document)
    });
    let wrong: Vec<Mistake> = wrong.collect();
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

fn statements(root: &Node, mistakes: &mut Vec<Misplaced>) -> Vec<Statement> {
    let shape = SCHEMA.violations(root, &root.to_json());
    // How fields go together is said in words of our own.
    let shape = shape
        .into_iter()
        .filter(|violation| !matches!(violation.kind, ViolationKind::Other { .. }));
    mistakes.extend(shape.map(|violation| Misplaced {
        message: violation.kind.to_string(),
        help: violation.kind.help(),
        place: violation.place,
    }));
    let list = Pointer::root().key("assert");
    let elements = root.get("assert").map(Node::elements).unwrap_or_default();
    let mut found = Vec::new();
    for (index, node) in elements.iter().enumerate() {
        let before = mistakes.len();
        match statement(node, list.index(index), mistakes) {
            Some(statement) => found.push(statement),
            // Never is a statement left out in silence.
            None if mistakes.len() == before && before == 0 => mistakes.push(Misplaced {
                message: "this statement cannot be read".to_owned(),
                help: None,
                place: Place::value(list.index(index)),
            }),
            None => {}
        }
    }
    found
}

fn statement(node: &Node, pointer: Pointer, mistakes: &mut Vec<Misplaced>) -> Option<Statement> {
    if !node.is_map() {
        return None;
    }
    let mut wrong = |message: &str, help: &str, place: Place| {
        mistakes.push(Misplaced {
            message: message.to_owned(),
            help: Some(help.to_owned()),
            place,
        });
    };
    let text = |field: &str| node.get(field).and_then(Node::as_str).map(str::to_owned);
    let claims: Vec<&str> = CLAIMS.into_iter().filter(|claim| node.get(claim).is_some()).collect();
    match claims.as_slice() {
        [] => {
            let help = "write `deny`, `ask` or `limit`, and the tools that are meant";
            wrong("the statement says nothing of any tool", help, Place::start(pointer.clone()));
        }
        [_] => {}
        [first, second, ..] => {
            let message = format!("`{first}` and `{second}` in one statement");
            wrong(&message, "make two statements of it", Place::key(pointer.key(second)));
        }
    }
    for (field, owners, is_needed) in OWNED {
        let owned = owners.iter().any(|owner| claims.contains(owner));
        let owner = one_of(owners.iter().copied());
        if node.get(field).is_some() && !owned && !claims.is_empty() {
            let message = format!("`{field}` belongs to {owner}");
            wrong(&message, "move it, or remove it", Place::key(pointer.key(field)));
        } else if node.get(field).is_none() && owned && is_needed {
            let message = format!("{owner} needs `{field}`");
            wrong(&message, &format!("add `{field}`"), Place::start(pointer.clone()));
        }
    }
    let conditions = node.get("when").cloned();
    if conditions
        .as_ref()
        .is_some_and(|list| matches!(&list.kind, Kind::Seq(all) if all.is_empty()))
    {
        let place = Place::key(pointer.key("when"));
        wrong("`when` holds no condition", "add one, or remove `when`", place);
    }
    let claim = match *claims.first()? {
        "limit" => Claim::Limited {
            max: whole(&node.get("max")?.to_json())?,
            window: Window::of_name(&text("window")?)?,
        },
        said => {
            if let Some(conditions) = &conditions {
                mistakes.extend(wrong_patterns(conditions, &pointer.key("when")));
            }
            if said == "ask" { Claim::Asked(conditions) } else { Claim::Denied(conditions) }
        }
    };
    let tools = claims.first().and_then(|claim| text(claim))?;
    Some(Statement { name: text("name"), tools, claim, pointer })
}

/// A whole number, also one that is written with a fraction of nothing; what is beyond 64 bits is
/// as good as the largest there is.
fn whole(number: &serde_json::Value) -> Option<i64> {
    number.as_i64().or_else(|| number.as_f64().map(|number| number as i64))
}

/// The patterns of some conditions that no gateway would take.
fn wrong_patterns(conditions: &Node, at: &Pointer) -> Vec<Misplaced> {
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
            Some(Misplaced { message: defect.kind.to_string(), help: None, place })
        })
        .collect()
}

/// A version "1" policy that allows everything but what one list of one tool refuses; with
/// conditions, as its only entry.
pub(super) fn policy_tree(tool: &str, list: &str, conditions: Option<&Node>) -> Node {
    let seq = |elements| Node::new(Kind::Seq(elements), Span::default());
    let text = |text: &str| Node::string(text, Span::default());
    let conditions = conditions.cloned().unwrap_or_else(|| seq(Vec::new()));
    let entries = seq(vec![map(vec![("conditions", conditions)])]);
    let tools = map(vec![(tool, map(vec![(list, entries)]))]);
    map(vec![("version", text("1")), ("default", text("allow")), ("tools", tools)])
}

/// An object that stands nowhere.
fn map(entries: Vec<(&str, Node)>) -> Node {
    let entries = entries.into_iter().map(|(key, value)| Entry {
        key: Key { text: key.into(), span: Span::default(), plain: false },
        value,
    });
    Node::new(Kind::Map(entries.collect::<Vec<_>>().into()), Span::default())
}
