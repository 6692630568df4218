//! Reading a file of statements.

use std::collections::BTreeSet;
use std::ops::Range;

use super::claims::{map, refusing};
use super::{Calls, Claim, Statement, Tools};
use crate::catalogue::{Category, Vocabulary};
use crate::policy::{self, DefectKind, Dialect, Window};
use crate::source::{
    Document, Entry, Kind, Node, Part, Place, Pointer, ProblemKind, Schema, Span, Violation,
    ViolationKind, one_of,
};

/// What a test file looks like, whose `statements` these are.
pub(crate) static SCHEMA: Schema = Schema::new(include_str!("../../schemas/test.schema.json"));

/// The fields of a statement.
pub const FIELDS: [&str; 11] = [
    "name", "deny", "ask", "allow", "limit", "default", "when", "unless", "max", "window", "total",
];

/// What a statement can say, each with the tools that it is said of; `default` is said of those that the
/// policy does not name.
const CLAIMS: [&str; 5] = ["deny", "ask", "allow", "limit", "default"];

/// What is said besides: with what, and whether it must be.
const OWNED: [(&str, &[&str], bool); 5] = [
    ("when", &["deny", "ask", "allow"], false),
    ("unless", &["deny", "ask", "allow"], false),
    ("max", &["limit"], true),
    ("window", &["limit"], true),
    ("total", &["limit"], false),
];

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

/// What is wrong with the text of a test file.
pub(crate) fn mistakes_of_text(document: &Document) -> Vec<Mistake> {
    let help = |kind: &ProblemKind| match kind {
        ProblemKind::Empty => {
            "write `cases` or `statements`, such as `statements: [{default: deny}]`"
        }
        kind => kind.help(),
    };
    let mistakes = document.problems.iter().map(|problem| Mistake {
        message: problem.kind.to_string(),
        help: Some(help(&problem.kind).to_owned()),
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
    let shape = SCHEMA.violations(&root).into_iter();
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
    let claims: Vec<&str> = CLAIMS.into_iter().filter(|claim| node.get(claim).is_some()).collect();
    together(node, &claims, &pointer, mistakes);
    let text = |field: &str| node.get(field).and_then(Node::as_str).map(str::to_owned);
    let [when, unless] = ["when", "unless"].map(|field| {
        let conditions = node.get(field)?;
        let at = pointer.key(field);
        if is_empty_list(conditions) {
            let message = format!("`{field}` holds no condition");
            wrong(mistakes, message, &format!("add one, or remove `{field}`"), Place::key(at));
        } else {
            mistakes.extend(wrong_patterns(conditions, &at));
        }
        Some(conditions.clone())
    });
    let said = *claims.first()?;
    let calls = Calls { when, unless };
    let claim = match (said, text("default").as_deref()) {
        ("limit", _) => Claim::Limited {
            max: whole(&node.get("max")?.to_json())?,
            window: Window::of_name(&text("window")?)?,
            total: node.get("total").is_some_and(|total| total.to_json() == true),
        },
        ("ask", _) | ("default", Some("ask")) => Claim::Asked(calls),
        ("allow", _) => Claim::Allowed(calls),
        _ => Claim::Denied(calls),
    };
    let tools = match said {
        "default" => Tools::Unnamed,
        said => tools(node.get(said)?, said, &pointer.key(said), mistakes)?,
    };
    let is_one =
        matches!(&tools, Tools::Named(names) if matches!(&names[..], [one] if !one.contains('*')));
    if is_one && matches!(claim, Claim::Limited { total: true, .. }) {
        let message = "`total` counts the calls of several tools together".to_owned();
        let help = "name more tools in a list, or remove `total`";
        wrong(mistakes, message, help, Place::key(pointer.key("total")));
    }
    let hidden = BTreeSet::new();
    let mut statement = Statement { name: text("name"), tools, claim, pointer, hidden };
    statement.hide(|_| false);
    Some(statement)
}

/// What is wrong with fields as they stand together.
fn together(node: &Node, claims: &[&str], pointer: &Pointer, mistakes: &mut Vec<Misplaced>) {
    match claims {
        [] => {
            let message = "the statement says nothing of any tool".to_owned();
            let help = "write `deny`, `ask`, `allow` or `limit` and the tools that are meant, or `default`";
            wrong(mistakes, message, help, Place::start(pointer.clone()));
        }
        [_] => {}
        [first, second, ..] => {
            let message = format!("`{first}` and `{second}` in one statement");
            let place = Place::key(pointer.key(second));
            wrong(mistakes, message, "make two statements of it", place);
        }
    }
    for (field, owners, is_needed) in OWNED {
        let owned = owners.iter().any(|owner| claims.contains(owner));
        let owner = one_of(owners.iter().copied());
        if node.get(field).is_some() && !owned && !claims.is_empty() {
            let message = format!("`{field}` belongs to {owner}");
            let place = Place::key(pointer.key(field));
            wrong(mistakes, message, "move it, or remove it", place);
        } else if node.get(field).is_none() && owned && is_needed {
            let (message, help) = (format!("{owner} needs `{field}`"), format!("add `{field}`"));
            wrong(mistakes, message, &help, Place::start(pointer.clone()));
        }
    }
}

/// The tools that something is said of: a name, a list of names, or categories. None where they are none of
/// these, which the schema says.
fn tools(node: &Node, said: &str, at: &Pointer, mistakes: &mut Vec<Misplaced>) -> Option<Tools> {
    let (list, at) = match node.get("category") {
        Some(categories) => (categories, at.key("category")),
        None => (node, at.clone()),
    };
    if is_empty_list(list) {
        let message = format!("`{said}` names no tool");
        let help = "name one, or remove the statement";
        wrong(mistakes, message, help, Place::value(at));
        return None;
    }
    let elements = match &list.kind {
        Kind::Seq(elements) => elements.as_slice(),
        _ => std::slice::from_ref(list),
    };
    let names: Vec<&str> = elements.iter().map(Node::as_str).collect::<Option<_>>()?;
    if let Some(twice) = (1..names.len()).find(|index| names[..*index].contains(&names[*index])) {
        let message = format!("`{}` stands twice", names[twice]);
        wrong(mistakes, message, "remove one of them", Place::value(at.index(twice)));
    }
    if !node.is_map() {
        return Some(Tools::Named(names.into_iter().map(str::to_owned).collect()));
    }
    Some(Tools::Of(names.into_iter().map(Category::of_word).collect::<Option<_>>()?))
}

fn is_empty_list(node: &Node) -> bool {
    matches!(&node.kind, Kind::Seq(all) if all.is_empty())
}

fn wrong(mistakes: &mut Vec<Misplaced>, message: String, help: &str, place: Place) {
    mistakes.push(Misplaced { message, help: Some(help.to_owned()), place });
}

/// A whole number, also one that is written with a fraction of nothing; what is beyond 64 bits is
/// as good as the largest there is.
fn whole(number: &serde_json::Value) -> Option<i64> {
    number.as_i64().or_else(|| number.as_f64().map(|number| number as i64))
}

/// The patterns of some conditions that no gateway would take.
fn wrong_patterns(conditions: &Node, at: &Pointer) -> Vec<Misplaced> {
    let (_, defects) = policy::read_tree(&refusing(conditions), Dialect::V1);
    let patterns =
        defects.into_iter().filter(|d| matches!(d.kind, DefectKind::InvalidRegex { .. }));
    let own = Pointer::parse("/tools/tool/deny_if/0/conditions");
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
