//! What a slip of the hand hides: the faults inside a misspelt field, and those that show only once
//! a misspelt word is known.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{Defect, DefectKind, Location};
use crate::source::{Kind, Node, Part, Place, Pointer, Scalar, ScalarKind, ViolationKind};
use crate::stop;

/// So many slips inside each other are followed.
const DEPTH: usize = 8;

/// The fields that were seen through: where each would stand, and how it is written.
type Written = HashMap<Pointer, String>;

/// What was found in a tree, and what would be found if its slips were mended. What is wrong only
/// because of a slip is not told a second time, where the slip itself is refused.
pub(super) fn see_through(
    root: &Node,
    found: Vec<Defect>,
    read: impl Fn(&Node) -> Vec<Defect>,
) -> Vec<Defect> {
    let (mut slips, mut written) = (Vec::new(), Written::new());
    let mut tree = Cow::Borrowed(root);
    let mut seen = Cow::Borrowed(&found);
    for _ in 0..DEPTH {
        let mut mended = Vec::new();
        for defect in seen.iter() {
            let Some((place, word)) = slip_of(defect) else { continue };
            // Places are those of the tree as it was read, until all of its slips are mended.
            let told = as_written(defect, &written);
            if mend(&mut tree, place, word) {
                slips.push(told);
                mended.push((place.pointer.clone(), word.to_owned()));
            }
        }
        if mended.is_empty() {
            break;
        }
        for (pointer, word) in mended {
            let meant = pointer.parent().key(&word);
            if let Some(key) = pointer.last().filter(|key| **key != *word) {
                written.insert(meant, key.into_owned());
            }
        }
        seen = Cow::Owned(read(&tree));
    }
    if slips.is_empty() {
        return found;
    }
    let inside: Vec<Defect> = seen.iter().map(|defect| as_written(defect, &written)).collect();
    drop(seen);
    joined(found, slips, inside)
}

/// All defects, each once. The gateway refuses none of those inside of what it does not look at.
fn joined(found: Vec<Defect>, slips: Vec<Defect>, inside: Vec<Defect>) -> Vec<Defect> {
    let is_refused = found.iter().any(|defect| defect.refused);
    let all_refused = slips.iter().all(|slip| slip.refused);
    // What a field that is passed over would do to its neighbours is no fault of theirs.
    let counts = |defect: &Defect| {
        stop::look();
        all_refused || slips.iter().any(|slip| holds(slip, defect))
    };
    let inside: Vec<Defect> = inside.into_iter().filter(counts).collect();
    let mut known: Vec<Defect> = slips.into_iter().chain(inside).collect();
    known.iter_mut().for_each(|defect| defect.refused &= is_refused);
    let told = |defect: &&Defect| {
        stop::look();
        !all_refused || known.contains(defect)
    };
    let mut all: Vec<Defect> = found.iter().filter(told).cloned().collect();
    let mut places: HashSet<Location> = all.iter().map(|told| told.location.clone()).collect();
    for defect in known {
        stop::look();
        let is_told =
            |other: &Defect| other.kind == defect.kind && other.location == defect.location;
        if places.insert(defect.location.clone()) || !all.iter().any(is_told) {
            all.push(defect);
        }
    }
    all
}

/// Whether a defect lies within the place of a slip.
fn holds(slip: &Defect, defect: &Defect) -> bool {
    match (&slip.location, &defect.location) {
        (Location::Place(slip), Location::Place(place)) => slip.pointer.holds(&place.pointer),
        _ => false,
    }
}

/// The place of a slip, and what was meant.
fn slip_of(defect: &Defect) -> Option<(&Place, &str)> {
    let Location::Place(place) = &defect.location else { return None };
    let word = match &defect.kind {
        DefectKind::Shape(
            ViolationKind::UnknownField { nearest, .. } | ViolationKind::NotAllowed { nearest, .. },
        )
        | DefectKind::UnknownWindow { nearest, .. }
        | DefectKind::UnknownScope { nearest, .. }
        | DefectKind::UnknownOperator { nearest, .. } => nearest.as_deref()?,
        _ => return None,
    };
    Some((place, word))
}

/// Writes in a tree what was meant; false if a field of that name is there already.
fn mend(tree: &mut Cow<'_, Node>, place: &Place, word: &str) -> bool {
    match place.part {
        Part::Key => {
            let (parent, key) = (place.pointer.parent(), place.pointer.last());
            let free = tree.at(&parent).is_some_and(|node| node.get(word).is_none());
            let Some(key) = key.filter(|_| free) else { return false };
            let Some(node) = tree.to_mut().at_mut(&parent) else { return false };
            let Kind::Map(map) = &mut node.kind else { return false };
            map.rename(&key, word);
        }
        _ => {
            let Some(node) = tree.to_mut().at_mut(&place.pointer) else { return false };
            let (text, kind) = (word.into(), ScalarKind::String);
            node.kind = Kind::Scalar(Scalar { text, kind, plain: false, tag: None });
        }
    }
    true
}

/// A defect with its places as the document has them.
fn as_written(defect: &Defect, written: &Written) -> Defect {
    let location = |location: &Location| match location {
        Location::Place(place) => Location::Place(Place {
            pointer: pointer_as_written(&place.pointer, written),
            part: place.part,
        }),
        Location::Bytes(bytes) => Location::Bytes(bytes.clone()),
    };
    let related = defect.related.as_ref().map(|(at, words)| (location(at), *words));
    Defect { location: location(&defect.location), related, ..defect.clone() }
}

fn pointer_as_written(pointer: &Pointer, written: &Written) -> Pointer {
    let root = (Pointer::root(), Pointer::root());
    let (_, found) = pointer.tokens().fold(root, |(meant, found), token| {
        let meant = meant.key(&token);
        let token = written.get(&meant).map_or(&*token, String::as_str);
        let found = found.key(token);
        (meant, found)
    });
    found
}

#[cfg(test)]
mod tests {
    use crate::policy::read;
    use crate::source::Document;

    /// What is wrong with a policy: rule, pointer, whether the gateway minds.
    fn wrong(name: &str, text: &str) -> Vec<(&'static str, String, bool)> {
        use crate::policy::Location;
        let document = Document::read(name, text.as_bytes().to_vec());
        let defects = read(&document, None).defects.into_iter();
        let mut found: Vec<_> = defects
            .map(|defect| {
                let Location::Place(place) = &defect.location else { panic!("{defect:?}") };
                (defect.kind.rule(), place.pointer.to_string(), defect.refused)
            })
            .collect();
        found.sort();
        found
    }

    #[test]
    fn faults_inside_of_slips_are_found_where_they_are_written() {
        let policy = r#"{"version": "1", "default": "deny", "tools": {"edit_page": {
            "requre": [{"condtions": [{"path": "args.a", "op": "regx", "value": "("}]}]}}}"#;
        let at = |rest: &str| format!("/tools/edit_page/requre{rest}");
        assert_eq!(
            wrong("p.json", policy),
            [
                ("invalid-regex", at("/0/condtions/0/value"), true),
                ("unknown-field", at(""), true),
                ("unknown-field", at("/0/condtions"), true),
                ("unknown-operator", at("/0/condtions/0/op"), true),
            ]
        );
    }

    #[test]
    fn intercept_minds_nothing_in_what_it_does_not_read() {
        let policy = "version: \"1\"\ndefault: deny\ntools:\n  a:\n    ruels:\n      - {name: a, conditions: [{path: args.a, op: equalz, value: 1}]}\n";
        assert_eq!(
            wrong("p.yaml", policy),
            [
                ("unknown-field", "/tools/a/ruels".to_owned(), false),
                ("unknown-operator", "/tools/a/ruels/0/conditions/0/op".to_owned(), false),
            ]
        );
    }

    #[test]
    fn a_slip_beside_the_field_itself_is_not_read_for_it() {
        let policy =
            r#"{"version": "1", "default": "deny", "hide": ["a"], "hidee": [1], "hid": [2]}"#;
        assert_eq!(
            wrong("p.json", policy),
            [
                ("unknown-field", "/hid".to_owned(), true),
                ("unknown-field", "/hidee".to_owned(), true),
            ]
        );
    }
}
