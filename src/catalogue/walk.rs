//! Walking a user's document: typed reading of its parts, with every mistake collected.

use thiserror::Error;

use super::category::Vocabulary;
use crate::source::{Kind, Node, Place, Pointer, ScalarKind, nearest, one_of};

/// A mistake in a catalogue file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct LoadError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// How many characters of a name a message repeats.
const SHOWN: usize = 60;

/// A name as a message shows it: without control characters, and never long.
pub(super) fn quoted(name: &str) -> String {
    let shown: String = name.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    let more = if name.chars().nth(SHOWN).is_some() { "…" } else { "" };
    format!("`{shown}{more}`")
}

/// The mistakes that were found so far.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// In the order in which they were found.
    pub errors: Vec<LoadError>,
}

impl Walk {
    /// Notes a mistake.
    pub fn error(&mut self, place: Place, message: impl Into<String>, help: Option<String>) {
        self.errors.push(LoadError { message: message.into(), help, place });
    }

    /// Checks that a value is an object with no other keys than those listed. `what` names it,
    /// as in "a tool".
    pub fn object(&mut self, node: &Node, at: &Pointer, what: &str, keys: &[&str]) -> bool {
        if !self.is_object(node, at, what) {
            return false;
        }
        for entry in node.entries() {
            let key = &*entry.key.text;
            if !keys.contains(&key) {
                let message = format!("{what} has no field {}", quoted(key));
                let known = || format!("use {}", one_of(keys.iter().copied()));
                let help = suggest(key, keys).unwrap_or_else(known);
                self.error(Place::key(at.key(key)), message, Some(help));
            }
        }
        true
    }

    /// Checks that a value is an object, whatever its keys.
    pub fn is_object(&mut self, node: &Node, at: &Pointer, what: &str) -> bool {
        if !node.is_map() {
            let message = format!("{what} is an object, not {}", node.type_name());
            self.error(Place::value(at.clone()), message, None);
        }
        node.is_map()
    }

    /// The value of a key that must be there.
    pub fn required<'n>(
        &mut self,
        node: &'n Node,
        at: &Pointer,
        what: &str,
        key: &str,
    ) -> Option<&'n Node> {
        let value = node.get(key);
        if value.is_none() {
            let message = format!("{what} needs a field `{key}`");
            self.error(Place::start(at.clone()), message, None);
        }
        value
    }

    /// A string.
    pub fn text(&mut self, node: &Node, at: &Pointer) -> Option<String> {
        let text = node.as_str();
        if text.is_none() {
            let quotes = node.scalar().is_some_and(|scalar| scalar.plain);
            let help = quotes.then(|| "put it in quotes".to_owned());
            self.wrong_type(node, at, "a string", help);
        }
        text.map(str::to_owned)
    }

    /// A string that is not empty.
    pub fn name(&mut self, node: &Node, at: &Pointer) -> Option<String> {
        let name = self.text(node, at)?;
        if name.trim().is_empty() {
            self.error(Place::value(at.clone()), "a name cannot be empty", None);
            return None;
        }
        Some(name)
    }

    /// A word of a fixed set.
    pub fn word<T: Vocabulary>(&mut self, node: &Node, at: &Pointer, what: &str) -> Option<T> {
        let text = self.text(node, at)?;
        let value = T::of_word(&text);
        if value.is_none() {
            let words: Vec<&str> = T::ALL.iter().map(|value| value.word()).collect();
            let message = format!("{} is no {what}", quoted(&text));
            let known = || format!("use {}", one_of(words.iter().copied()));
            let help = suggest(&text, &words).unwrap_or_else(known);
            self.error(Place::value(at.clone()), message, Some(help));
        }
        value
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, node: &Node, at: &Pointer) -> Option<bool> {
        match node.scalar().map(|scalar| scalar.kind) {
            Some(ScalarKind::True) => Some(true),
            Some(ScalarKind::False) => Some(false),
            _ => {
                self.wrong_type(node, at, "true or false", None);
                None
            }
        }
    }

    /// A number from 0 to 1.
    pub fn share(&mut self, node: &Node, at: &Pointer) -> Option<f64> {
        let number = node.to_json().as_f64();
        let share = number.filter(|number| (0.0..=1.0).contains(number));
        if share.is_none() {
            self.wrong_type(node, at, "a number from 0 to 1", None);
        }
        share
    }

    /// The elements of a list with their places.
    pub fn list<'n>(&mut self, node: &'n Node, at: &Pointer) -> Vec<(&'n Node, Pointer)> {
        if !matches!(node.kind, Kind::Seq(_)) {
            self.wrong_type(node, at, "a list", None);
        }
        let elements = node.elements().iter().enumerate();
        elements.map(|(index, element)| (element, at.index(index))).collect()
    }

    fn wrong_type(&mut self, node: &Node, at: &Pointer, expected: &str, help: Option<String>) {
        let found = match node.scalar() {
            Some(scalar) if scalar.kind == ScalarKind::Number => quoted(&scalar.text),
            _ => node.type_name().to_owned(),
        };
        let message = format!("expected {expected}, found {found}");
        self.error(Place::value(at.clone()), message, help);
    }
}

/// Reads the value of a key that may be missing.
pub(super) fn optional<T>(
    node: &Node,
    at: &Pointer,
    key: &str,
    read: impl FnOnce(&Node, &Pointer) -> Option<T>,
) -> Option<T> {
    node.get(key).and_then(|value| read(value, &at.key(key)))
}

fn suggest(word: &str, words: &[&str]) -> Option<String> {
    nearest(word, words.iter().copied()).map(|nearest| format!("did you mean `{nearest}`?"))
}
