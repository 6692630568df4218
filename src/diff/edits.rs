//! What was edited between two versions of a document, as places in the trees.

use crate::source::{Entry, Kind, Node, Pointer};
use crate::stop;

/// One edit.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// What was done.
    pub kind: EditKind,
    /// Where it was in the old document; for an addition, what it was added to.
    pub old: Pointer,
    /// Where it is in the new document; for a removal, what it was removed from.
    pub new: Pointer,
    /// For a removal from a list, the index in the new list at which it was.
    index: usize,
}

/// What an edit did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditKind {
    /// Something is new.
    Added,
    /// Something is gone.
    Removed,
    /// A value is another one.
    Changed,
}

impl Edit {
    /// Whether a rule at a pointer, in the old document or in the new one, is touched by the edit.
    pub fn touches(&self, old_rule: &str, new_rule: &str) -> bool {
        let meets = |edit: &Pointer, rule: &str| {
            let rule = Pointer::parse(rule);
            !rule.as_str().is_empty() && (edit.holds(&rule) || rule.holds(edit))
        };
        let within =
            |rule: &str, edit: &Pointer| !rule.is_empty() && Pointer::parse(rule).holds(edit);
        match self.kind {
            // What was added to an entry, or removed from it, is an edit of that entry too.
            EditKind::Added => meets(&self.new, new_rule) || within(old_rule, &self.old),
            EditKind::Removed => meets(&self.old, old_rule) || within(new_rule, &self.new),
            EditKind::Changed => meets(&self.old, old_rule) || meets(&self.new, new_rule),
        }
    }

    /// Whether the edit lists a tool, or no longer does.
    pub fn lists(&self, tool: &str) -> bool {
        let entry = Pointer::root().key("tools").key(tool);
        match self.kind {
            EditKind::Added => self.new.holds(&entry),
            EditKind::Removed => self.old.holds(&entry),
            EditKind::Changed => false,
        }
    }

    /// Whether the edit is in the rules of a tool, of all tools, or above them.
    pub fn concerns(&self, tool: &str) -> bool {
        let tools = Pointer::root().key("tools");
        let own = tools.key(tool);
        let place = if self.kind == EditKind::Removed { &self.old } else { &self.new };
        let is_other_tool = tools.holds(place) && !own.holds(place) && !place.holds(&own);
        !is_other_tool
    }
}

/// The edits that lead from one tree to another. The order of an object's keys is no edit.
pub fn edits(old: &Node, new: &Node) -> Vec<Edit> {
    let mut found = Vec::new();
    compare(old, new, &Pointer::root(), &Pointer::root(), &mut found);
    found
}

fn compare(old: &Node, new: &Node, at_old: &Pointer, at_new: &Pointer, found: &mut Vec<Edit>) {
    stop::look();
    match (&old.kind, &new.kind) {
        // Most of a large document stays as it is.
        _ if old.is_like(new) => {}
        (Kind::Map(_), Kind::Map(_)) => compare_objects(old, new, at_old, at_new, found),
        (Kind::Seq(old), Kind::Seq(new)) => compare_lists(old, new, at_old, at_new, found),
        _ if is_same(old, new) => {}
        _ => found.push(Edit {
            kind: EditKind::Changed,
            old: at_old.clone(),
            new: at_new.clone(),
            index: 0,
        }),
    }
}

fn compare_objects(
    old: &Node,
    new: &Node,
    at_old: &Pointer,
    at_new: &Pointer,
    found: &mut Vec<Edit>,
) {
    for Entry { key, value } in old.entries() {
        match new.get(&key.text) {
            Some(other) => {
                compare(value, other, &at_old.key(&key.text), &at_new.key(&key.text), found);
            }
            None => found.push(Edit {
                kind: EditKind::Removed,
                old: at_old.key(&key.text),
                new: at_new.clone(),
                index: 0,
            }),
        }
    }
    for Entry { key, .. } in new.entries() {
        if old.get(&key.text).is_none() {
            found.push(Edit {
                kind: EditKind::Added,
                old: at_old.clone(),
                new: at_new.key(&key.text),
                index: 0,
            });
        }
    }
}

/// Elements are the same by value; those that are not are paired by what names them, so that a
/// changed `max` is a change of that limit and not one limit less and one more.
fn compare_lists(
    old: &[Node],
    new: &[Node],
    at_old: &Pointer,
    at_new: &Pointer,
    found: &mut Vec<Edit>,
) {
    // Most lists stay as they are, whatever the order of the keys in them.
    if old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_written_alike(old, new)) {
        return;
    }
    let text =
        |nodes: &[Node]| nodes.iter().map(|node| node.to_json().to_string()).collect::<Vec<_>>();
    let (old_text, new_text) = (text(old), text(new));
    for change in similar::capture_diff_slices(similar::Algorithm::Myers, &old_text, &new_text) {
        if change.tag() == similar::DiffTag::Equal {
            continue;
        }
        let mut added: Vec<usize> = change.new_range().collect();
        let removed: Vec<usize> = change.old_range().collect();
        let partners = pair(old, new, &removed, &mut added);
        // What is gone stood behind the new place of what stood before it.
        let mut index = change.new_range().start;
        for (old_index, partner) in removed.into_iter().zip(partners) {
            match partner {
                Some(new_index) => {
                    index = new_index + 1;
                    let (at_old, at_new) = (at_old.index(old_index), at_new.index(new_index));
                    compare(&old[old_index], &new[new_index], &at_old, &at_new, found);
                }
                None => found.push(Edit {
                    kind: EditKind::Removed,
                    old: at_old.index(old_index),
                    new: at_new.clone(),
                    index,
                }),
            }
        }
        found.extend(added.into_iter().map(|new_index| Edit {
            kind: EditKind::Added,
            old: at_old.clone(),
            new: at_new.index(new_index),
            index: 0,
        }));
    }
}

/// The new element that each removed one became, if it became one: by name first, then by
/// likeness. What is paired is taken out of `added`.
fn pair(
    old: &[Node],
    new: &[Node],
    removed: &[usize],
    added: &mut Vec<usize>,
) -> Vec<Option<usize>> {
    let mut partners = vec![None; removed.len()];
    for test in [is_namesake, is_alike] {
        for (partner, old_index) in partners.iter_mut().zip(removed) {
            if partner.is_none()
                && let Some(at) = added.iter().position(|at| test(&old[*old_index], &new[*at]))
            {
                *partner = Some(added.remove(at));
            }
        }
    }
    partners
}

/// Whether two elements have the same name.
fn is_namesake(old: &Node, new: &Node) -> bool {
    identity(old).is_some() && identity(old) == identity(new)
}

/// Whether two objects agree in most of what they hold, so that one is the other renamed.
fn is_alike(old: &Node, new: &Node) -> bool {
    let agrees = |entry: &&Entry| {
        new.get(&entry.key.text).is_some_and(|value| value.to_json() == entry.value.to_json())
    };
    let same = old.entries().iter().filter(agrees).count();
    same > 0 && same * 2 >= old.entries().len().max(new.entries().len())
}

/// Whether two values are written alike but for the order of keys.
fn is_written_alike(old: &Node, new: &Node) -> bool {
    match (&old.kind, &new.kind) {
        (Kind::Map(old), Kind::Map(new)) => {
            let is_kept = |Entry { key, value }: &Entry| {
                new.get(&key.text).is_some_and(|other| is_written_alike(value, &other.value))
            };
            old.entries().len() == new.entries().len()
                && old.entries().iter().all(is_kept)
                && new.entries().iter().all(|entry| old.get(&entry.key.text).is_some())
        }
        (Kind::Seq(old), Kind::Seq(new)) => {
            old.len() == new.len()
                && old.iter().zip(new).all(|(old, new)| is_written_alike(old, new))
        }
        _ => old.is_like(new),
    }
}

/// Whether two values are the same for every dialect: `017` and `17` are not, for Intercept.
fn is_same(old: &Node, new: &Node) -> bool {
    let plain =
        |node: &Node| node.scalar().filter(|scalar| scalar.plain).map(|scalar| scalar.text.clone());
    old.to_json() == new.to_json()
        && (plain(old).is_none() || plain(new).is_none() || plain(old) == plain(new))
}

/// What names an element of a list: a limit's counter, a rule's name, the argument that an entry
/// looks at first.
fn identity(node: &Node) -> Option<String> {
    let field = |node: &Node, name: &str| node.get(name).and_then(Node::as_str).map(str::to_owned);
    field(node, "counter")
        .or_else(|| field(node, "name"))
        .or_else(|| field(node, "path"))
        .or_else(|| field(node.get("conditions")?.elements().first()?, "path"))
}

/// The new tree with one edit undone.
pub fn undo(old: &Node, new: &Node, edit: &Edit) -> Option<Node> {
    let mut tree = new.clone();
    match edit.kind {
        EditKind::Changed => *tree.at_mut(&edit.new)? = old.at(&edit.old)?.clone(),
        EditKind::Added => {
            let name = edit.new.last()?;
            match &mut tree.at_mut(&edit.new.parent())?.kind {
                Kind::Map(map) => map.remove(&name),
                Kind::Seq(elements) => _ = elements.remove(name.parse().ok()?),
                Kind::Scalar(_) => return None,
            }
        }
        EditKind::Removed => {
            let name = edit.old.last()?;
            match (&mut tree.at_mut(&edit.new)?.kind, &old.at(&edit.old.parent())?.kind) {
                (Kind::Map(map), Kind::Map(removed)) => map.push(removed.get(&name)?.clone()),
                (Kind::Seq(elements), Kind::Seq(removed)) => {
                    let element = removed.get(name.parse::<usize>().ok()?)?;
                    elements.insert(edit.index.min(elements.len()), element.clone());
                }
                _ => return None,
            }
        }
    }
    Some(tree)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Document;

    fn tree(json: &str) -> Node {
        Document::read("a.json", json.as_bytes().to_vec()).root.unwrap()
    }

    fn shown(old: &str, new: &str) -> Vec<String> {
        let (old, new) = (tree(old), tree(new));
        let edits = edits(&old, &new);
        for edit in &edits {
            assert!(undo(&old, &new, edit).is_some(), "{edit:?}");
        }
        if let [edit] = edits.as_slice() {
            let undone = undo(&old, &new, edit).unwrap();
            assert_eq!(
                undone.to_json(),
                old.to_json(),
                "undoing the only edit gives the old document"
            );
        }
        edits.iter().map(|edit| format!("{:?} {} {}", edit.kind, edit.old, edit.new)).collect()
    }

    #[test]
    fn edits_are_as_small_as_what_was_edited() {
        assert_eq!(shown(r#"{"a":1,"b":[1,2]}"#, r#"{"b":[1,2],"a":1}"#), [""; 0]);
        assert_eq!(shown(r#"{"a":[{"b":1,"c":[2]}]}"#, r#"{"a":[{"c":[2],"b":1}]}"#), [""; 0]);
        let twice = shown(r#"{"a":[{"b":1,"b":1}]}"#, r#"{"a":[{"b":1,"c":1}]}"#);
        assert_eq!(twice, ["Added /a/0 /a/0/c"]);
        assert_eq!(shown(r#"{"a":1}"#, r#"{"a":2}"#), ["Changed /a /a"]);
        assert_eq!(shown(r#"{"a":1}"#, r#"{"a":1,"b":2}"#), ["Added  /b"]);
        assert_eq!(shown(r#"{"h":["x","y","z"]}"#, r#"{"h":["x","z"]}"#), ["Removed /h/1 /h"]);
        assert_eq!(shown(r#"{"h":["x","z"]}"#, r#"{"h":["x","y","z"]}"#), ["Added /h /h/1"]);
        assert_eq!(
            shown(
                r#"{"l":[{"counter":"a","max":1},{"counter":"b","max":2}]}"#,
                r#"{"l":[{"counter":"b","max":3}]}"#
            ),
            ["Removed /l/0 /l", "Changed /l/1/max /l/0/max"]
        );
    }

    #[test]
    fn an_edit_touches_the_rules_above_and_below_it() {
        let old = tree(r#"{"tools":{"t":{"limits":[{"counter":"c","max":1}]}}}"#);
        let new = tree(r#"{"tools":{"t":{"limits":[{"counter":"c","max":2}]}}}"#);
        let edit = &edits(&old, &new)[0];
        assert!(edit.touches("/tools/t/limits/0", ""));
        assert!(!edit.touches("/tools/u/limits/0", "/default"));
    }
}
