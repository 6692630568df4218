//! What is wrong with settings: texts that keep the program from starting, and fields that it passes over.

use super::heard::{ALLOWS, STOPS, place_of, refusals};
use crate::policy::defect::{Defect, DefectKind, Location};
use crate::source::{
    Document, Kind, Node, Place, Pointer, Problem, ProblemKind, ViolationKind, slip,
};

/// What holds lists of names, by its group.
const LISTS: [(&str, &str); 6] = [
    ("tools", "core"),
    ("tools", "allowed"),
    ("tools", "exclude"),
    ("tools", "confirmationRequired"),
    ("mcp", "allowed"),
    ("mcp", "excluded"),
];

/// The fields at the top that decide something here; what looks like one of them is a slip.
const TOP: [&str; 4] = ["tools", "mcp", "mcpServers", "security"];

/// The fields of a group that decide something.
const GROUPS: [(&str, &[&str]); 3] = [
    ("tools", &["core", "allowed", "exclude", "confirmationRequired"]),
    ("mcp", &["allowed", "excluded"]),
    ("security", &["disableAlwaysAllow", "disableYoloMode", "folderTrust"]),
];

/// What is wrong with the text, so that the program does not start; equal keys are told beside.
pub(super) fn text_defects(document: &Document) -> Vec<Defect> {
    let of_text = |problem: &Problem, refused: bool| Defect {
        refused,
        kind: DefectKind::Text(problem.kind.clone()),
        location: Location::Bytes(problem.span.range()),
        related: problem
            .related
            .map(|span| (Location::Bytes(span.range()), "it stands here first")),
    };
    let twice = |problem: &&Problem| matches!(problem.kind, ProblemKind::DuplicateKey { .. });
    let twice = document.problems.iter().filter(twice).map(|problem| of_text(problem, false));
    let mut defects: Vec<Defect> = twice.collect();
    let refused = refusals(document);
    defects.extend(refused.iter().map(|problem| of_text(problem, true)));
    if let Some(root) = document.root.as_ref().filter(|root| refused.is_empty() && !root.is_map()) {
        let kind = wrong_type("an object", root);
        defects.push(Defect::refused(DefectKind::Shape(kind), Place::value(Pointer::root())));
    }
    defects
}

/// The fields of permissions that the program passes over.
pub(super) fn field_defects(root: &Node) -> Vec<Defect> {
    let lists = LISTS.into_iter().filter_map(|(group, field)| {
        let value = root.get(group)?.get(field)?;
        let is_list = matches!(value.kind, Kind::Seq(_));
        let is_one = is_list && value.elements().iter().all(|element| element.as_str().is_some());
        let kind = DefectKind::Shape(wrong_type("a list of texts", value));
        let place = Place::value(Pointer::root().key(group).key(field));
        (!is_one).then(|| Defect::accepted(kind, place))
    });
    let stops = STOPS.into_iter().filter_map(|(path, belongs)| {
        let kind = DefectKind::MisplacedField { field: path.to_owned(), belongs };
        Some(Defect::accepted(kind, Place::key(place_of(root, path)?)))
    });
    let allows = ALLOWS.into_iter().filter_map(|path| {
        let known = GROUPS.iter().find(|(group, _)| path.starts_with(group));
        let kind = unknown(path, known.map_or(&TOP, |(_, fields)| fields), None);
        Some(Defect::accepted(kind, Place::key(place_of(root, path)?)))
    });
    lists.chain(stops).chain(allows).chain(slips(root)).collect()
}

/// Fields that are none, and look like some that decide something.
fn slips(root: &Node) -> Vec<Defect> {
    let told: Vec<&str> = STOPS.iter().map(|(path, _)| *path).chain(ALLOWS).collect();
    let of = |node: &Node, place: &Pointer, group: &str, known: &'static [&'static str]| {
        let names = node.live_entries().map(|entry| entry.key.text.to_string());
        let meant = |name: &str| {
            let is_told = told.contains(&&*format!("{group}{name}"));
            let found = slip(name, known.iter().copied()).filter(|found| *found != name);
            found.filter(|found| !is_told && node.get(found).is_none())
        };
        let found = names.filter_map(|name| {
            let kind = unknown(&name, known, Some(meant(&name)?));
            Some(Defect::accepted(kind, Place::key(place.key(&name))))
        });
        found.collect::<Vec<_>>()
    };
    let top = Pointer::root();
    let mut found = of(root, &top, "", &TOP);
    for (group, known) in GROUPS {
        let node = root.get(group).into_iter();
        found.extend(node.flat_map(|node| of(node, &top.key(group), &format!("{group}."), known)));
    }
    found
}

fn unknown(field: &str, known: &[&str], nearest: Option<&str>) -> DefectKind {
    DefectKind::Shape(ViolationKind::UnknownField {
        field: field.to_owned(),
        allowed: known.iter().map(|known| (*known).to_owned()).collect(),
        nearest: nearest.map(str::to_owned),
    })
}

pub(super) fn wrong_type(expected: &str, found: &Node) -> ViolationKind {
    let found = found.type_name().to_owned();
    ViolationKind::WrongType { expected: expected.to_owned(), found }
}
