//! The entries of an object.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::{Key, Node};

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// The entries of an object in the order of the text. A duplicate key stands twice, and the last
/// one counts.
#[derive(Clone, Debug, Default)]
pub struct Map {
    entries: Vec<Entry>,
    /// Where each key stands; made when a large object is first asked for a key.
    index: OnceLock<HashMap<Box<str>, usize>>,
}

/// Up to so many entries looking at each is as fast as an index.
const SMALL: usize = 32;

impl Map {
    /// All entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries that count: of duplicate keys the last one only.
    pub fn live(&self) -> impl Iterator<Item = &Entry> {
        let counts = |(at, entry): &(usize, &Entry)| self.position(&entry.key.text) == Some(*at);
        self.entries.iter().enumerate().filter(counts).map(|(_, entry)| entry)
    }

    /// The entry of a key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.position(key).map(|at| &self.entries[at])
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let at = self.position(key)?;
        Some(&mut self.entries[at].value)
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, entry: Entry) {
        self.index = OnceLock::new();
        self.entries.push(entry);
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &str) {
        self.index = OnceLock::new();
        self.entries.retain(|entry| &*entry.key.text != key);
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.entries.len() <= SMALL {
            return self.entries.iter().rposition(|entry| &*entry.key.text == key);
        }
        let positions =
            || self.entries.iter().map(|entry| entry.key.text.clone()).zip(0..).collect();
        self.index.get_or_init(positions).get(key).copied()
    }
}

impl From<Vec<Entry>> for Map {
    fn from(entries: Vec<Entry>) -> Map {
        Map { entries, index: OnceLock::new() }
    }
}

impl PartialEq for Map {
    fn eq(&self, other: &Map) -> bool {
        self.entries == other.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Kind, Scalar, ScalarKind, Span};

    fn map(size: usize) -> Map {
        let entries = (0..size).map(|number| {
            let scalar = Scalar {
                text: number.to_string().into(),
                kind: ScalarKind::Number,
                plain: false,
                tag: None,
            };
            let key =
                Key { text: format!("k{}", number % (size - 1)).into(), span: Span::default() };
            Entry { key, value: Node::new(Kind::Scalar(scalar), Span::default()) }
        });
        entries.collect::<Vec<_>>().into()
    }

    #[test]
    fn small_and_large_objects_find_the_last_of_duplicates() {
        for size in [SMALL, SMALL + 1, 1000] {
            let mut map = map(size);
            let value = |map: &Map, key| map.get(key).map(|entry| entry.value.clone());
            assert_eq!(value(&map, "k0"), Some(map.entries()[size - 1].value.clone()), "{size}");
            assert_eq!(value(&map, "nowhere"), None);
            map.remove("k0");
            assert_eq!(value(&map, "k0"), None);
            assert_eq!(map.entries().len(), size - 2);
        }
    }
}
