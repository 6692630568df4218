//! Reading a file of statements.

use std::ops::Range;

use super::{Claim, Statement};
use crate::policy::{self, DefectKind, Dialect, Window};
use crate::source::{
    Document, Entry, Key, Kind, Node, Part, Place, Pointer, Schema, Span, Violation, ViolationKind,
    one_of,
};

/// What a test file looks like, whose `statements` these are.
pub(crate) static SCHEMA: Schema = Schema::new(include_str!("../../schemas/test.schema.json"));

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
#[derive(Clone, Debug)]
pub(crate) struct Misplaced {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) place: Place,
}

impl From<Violation> for Misplaced {
    fn from(Violation { kind, place }: Violation) -> Misplaced {
        Misplaced { message: kind.to_string(), help: kind.help(), place }
    }
}

impl Misplaced {
    /// The mistake with its bytes in a document.
    pub(crate) fn in_document(self, document: &Document) -> Mistake {
        let Misplaced { message, help, place } = self;
        Mistake { message, help, span: document.span_of(&place) }
    }
}

/// What is wrong with the text of a document.
pub(crate) fn mistakes_of_text(document: &Document) -> Vec<Mistake> {
    let mistakes = document.problems.iter().map(|problem| Mistake {
        message: problem.kind.to_string(),
        help: Some(problem.kind.help().to_owned()),
        span: problem.span.range(),
    });
    mistakes.collect()
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
    let elements: Vec<Node> = list.iter().map(bare).collect();
    let root = map(vec![("statements", Node::new(Kind::Seq(elements.clone()), Span::default()))]);
    // How fields go together is said in words of our own.
    let shape = SCHEMA.violations(&root, &root.to_json()).into_iter();
    let shape = shape.filter(|violation| !matches!(violation.kind, ViolationKind::Other { .. }));
    let mut mistakes: Vec<Misplaced> = shape.map(Misplaced::from).collect();
    for mistake in &mut mistakes {
        let below = mistake.place.pointer.as_str().strip_prefix("/statements").unwrap_or_default();
        mistake.place.pointer = Pointer::parse(&format!("{at}{below}"));
    }
    let found = statements(&elements, at, &mut mistakes);
    match mistakes.is_empty() {
        true => Ok(found),
        false => Err(mistakes.into_iter().map(|mistake| mistake.in_document(document)).collect()),
    }
}

/// Reads the statements of a list that stands at a place. What the schema says of it has been said before.
pub(crate) fn statements(
    list: &[Node],
    at: &Pointer,
    mistakes: &mut Vec<Misplaced>,
) -> Vec<Statement> {
    let is_sound = mistakes.is_empty();
    let mut found = Vec::new();
    for (index, node) in list.iter().enumerate() {
        let before = mistakes.len();
        match statement(node, at.index(index), mistakes) {
            Some(statement) => found.push(statement),
            // Never is a statement left out in silence.
            None if mistakes.len() == before && is_sound => mistakes.push(Misplaced {
                message: "this statement cannot be read".to_owned(),
                help: None,
                place: Place::value(at.index(index)),
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
