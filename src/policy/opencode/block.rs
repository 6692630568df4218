//! Objects as the program puts them together: a deep merge that keeps the places of keys.

use crate::policy::permissions::{Origin, Ruling};

/// An object: a key that comes again keeps its place and takes the new value.
#[derive(Clone, Debug, Default)]
pub(super) struct Block(Vec<(String, Value)>);

/// What stands under a key.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// What happens, and where that is said.
    Word(Ruling, Origin),
    /// What happens to subjects by their patterns.
    Object(Block),
}

impl Block {
    /// Sets a key within one object: of two equal ones the later value stands in the earlier place.
    pub(super) fn set(&mut self, key: &str, value: Value) {
        // JavaScript takes this key for something else than a key of its own.
        if key == "__proto__" {
            return;
        }
        match self.0.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => *known = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    /// Puts another object on top: objects are put together, anything else is replaced.
    pub(super) fn merge(&mut self, other: Block) {
        for (key, value) in other.0 {
            let known = self.0.iter_mut().find(|(known, _)| *known == key);
            match (known, value) {
                (Some((_, Value::Object(block))), Value::Object(other)) => block.merge(other),
                (_, value) => self.set(&key, value),
            }
        }
    }

    /// The entries in JavaScript's order: what looks like an index of an array comes first, by number.
    pub(super) fn entries(&self) -> Vec<(&str, &Value)> {
        let mut entries: Vec<_> = self.0.iter().map(|(key, value)| (key.as_str(), value)).collect();
        entries.sort_by_key(|(key, _)| index(key).map_or((true, 0), |index| (false, index)));
        entries
    }
}

/// The index of an array that a key is, as it would be printed.
fn index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok()?;
    (index < u32::MAX && index.to_string() == key).then_some(index)
}
