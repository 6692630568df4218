//! The calls that a test file names, and calls that are like another.

use std::borrow::Cow;
use std::collections::HashMap;

use super::mistakes::Mistakes;
use crate::source::{Entry, Kind, Map, Node, Pointer, nearest};

/// The calls that a test file names.
pub(super) struct Calls<'n> {
    /// All of them as they are written.
    written: Option<&'n Node>,
    /// Those that have been read, with what they are like put in; none of one that cannot be read.
    read: HashMap<&'n str, Option<Node>>,
}

impl<'n> Calls<'n> {
    /// Reads the calls of a file. One can be like those that stand before it, so that none is like itself.
    pub(super) fn of(root: &'n Node, mistakes: &mut Mistakes) -> Calls<'n> {
        let mut calls = Calls { written: root.get("calls"), read: HashMap::new() };
        let at = Pointer::root().key("calls");
        for Entry { key, value } in calls.written.into_iter().flat_map(Node::live_entries) {
            let call = calls.like(value, &at.key(&key.text), Some(&key.text), mistakes);
            calls.read.insert(&key.text, call.map(Cow::into_owned));
        }
        calls
    }

    /// The call that stands in a field of a case or a step, if there is one.
    pub(super) fn call<'c>(
        &self,
        node: &'c Node,
        at: &Pointer,
        mistakes: &mut Mistakes,
    ) -> Option<Cow<'c, Node>> {
        self.like(node.get("call")?, &at.key("call"), None, mistakes)
    }

    /// A call with the fields of the one that it is like; none where that cannot be read.
    fn like<'c>(
        &self,
        node: &'c Node,
        at: &Pointer,
        own: Option<&str>,
        mistakes: &mut Mistakes,
    ) -> Option<Cow<'c, Node>> {
        tells_twice(node, at, mistakes);
        let (name, at) = match node.as_str() {
            Some(name) => (name, at.clone()),
            None => match node.get("like").and_then(Node::as_str) {
                Some(name) => (name, at.key("like")),
                None => return Some(Cow::Borrowed(node)),
            },
        };
        let Some(base) = self.read.get(name) else {
            let (message, help) = self.unread(name, own);
            mistakes.value(&at, message, &help);
            return None;
        };
        Some(Cow::Owned(merged(base.as_ref()?, node, &["like"])))
    }

    /// What is wrong with the name of a call that has not been read, and what to do.
    fn unread(&self, name: &str, own: Option<&str>) -> (String, String) {
        let written = |name: &str| self.written.and_then(|calls| calls.get(name));
        let (Some(own), Some(_)) = (own, written(name)) else {
            let names = self.written.into_iter().flat_map(Node::live_entries);
            let names = names.map(|entry| &*entry.key.text).filter(|known| Some(*known) != own);
            let near = nearest(name, names);
            let meant = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
            let help = match own {
                Some(_) => "name one of `calls` that stands before it".to_owned(),
                None => format!("write `call: {{tool: {name}}}`, or name one of `calls`"),
            };
            return (format!("there is no call `{name}`{meant}"), help);
        };
        let next = |name: &&str| written(name)?.get("like").and_then(Node::as_str);
        let number = self.written.map_or(0, |calls| calls.entries().len());
        let mut chain = std::iter::successors(Some(name), next).take(number);
        if chain.any(|one| one == own) {
            let way = if name == own { String::new() } else { format!(", by way of `{name}`") };
            let help = format!("write the fields of `{own}` out, or let it be like another call");
            return (format!("the call `{own}` is like itself{way}"), help);
        }
        let message = format!("the call `{name}` stands below `{own}`, which is like it");
        (message, format!("move `{name}` above `{own}`"))
    }
}

/// The fields that say what is known of the arguments, of which a call has one.
const OF_ARGUMENTS: [&str; 3] = ["args", "args_keys", "args_missing"];

/// Says which field tells of the arguments otherwise than one before it does.
pub(super) fn tells_twice(call: &Node, at: &Pointer, mistakes: &mut Mistakes) {
    let told: Vec<&str> =
        OF_ARGUMENTS.into_iter().filter(|field| call.get(field).is_some()).collect();
    if let [first, second, ..] = told[..] {
        let message = format!("`{first}` and `{second}` of one call");
        let help = "remove one of them: arguments that are known stand in `args` alone";
        mistakes.key(&at.key(second), message, help);
    }
}

/// A call with the fields of another put in their places, those of `args` one by one. What that one knows of the
/// arguments takes the place of what the call knew.
pub(super) fn merged(base: &Node, own: &Node, but: &[&str]) -> Node {
    let told = OF_ARGUMENTS.into_iter().find(|field| own.get(field).is_some());
    let is_replaced =
        |field: &str| told.is_some_and(|told| told != field) && OF_ARGUMENTS.contains(&field);
    let kept = base.live_entries().filter(|entry| !is_replaced(&entry.key.text));
    let mut map = Map::from(kept.cloned().collect::<Vec<_>>());
    for entry in own.live_entries().filter(|entry| !but.contains(&&*entry.key.text)) {
        match (&*entry.key.text, map.get_mut(&entry.key.text)) {
            ("args", Some(there)) if there.is_map() && entry.value.is_map() => {
                let mut arguments = Map::from(there.live_entries().cloned().collect::<Vec<_>>());
                entry.value.live_entries().for_each(|own| put(&mut arguments, own));
                *there = Node::new(Kind::Map(arguments), entry.value.span);
            }
            _ => put(&mut map, entry),
        }
    }
    Node::new(Kind::Map(map), own.span)
}

/// Puts a field in the place of the one of its name, or behind all others.
fn put(map: &mut Map, entry: &Entry) {
    match map.get_mut(&entry.key.text) {
        Some(there) => *there = entry.value.clone(),
        None => map.push(entry.clone()),
    }
}
