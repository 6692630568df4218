//! Places in a document, spoken of as JSON Pointers (RFC 6901).

use std::borrow::Cow;
use std::fmt;

/// A JSON Pointer: `""` is the whole document, `/tools/run_job/limits/0` one limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Pointer {
        Pointer::default()
    }

    /// From its text, as a JSON Schema validator gives it.
    pub fn parse(text: &str) -> Pointer {
        Pointer(text.to_owned())
    }

    /// The value of a key below this place.
    pub fn key(&self, key: &str) -> Pointer {
        let mut text = String::with_capacity(self.0.len() + key.len() + 1);
        text.push_str(&self.0);
        text.push('/');
        if !key.contains(['~', '/']) {
            text.push_str(key);
            return Pointer(text);
        }
        for character in key.chars() {
            match character {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                other => text.push(other),
            }
        }
        Pointer(text)
    }

    /// The element of a list below this place.
    pub fn index(&self, index: usize) -> Pointer {
        self.key(&index.to_string())
    }

    /// The place that holds this one; the whole document holds itself.
    pub fn parent(&self) -> Pointer {
        Pointer(self.0.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned())
    }

    /// The keys and indexes that lead here.
    pub fn tokens(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.split('/').skip(1).map(|token| {
            if token.contains('~') {
                Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
            } else {
                Cow::Borrowed(token)
            }
        })
    }

    /// The last key or index.
    pub fn last(&self) -> Option<Cow<'_, str>> {
        self.tokens().last()
    }

    /// Whether this place is the other one or holds it.
    pub fn holds(&self, other: &Pointer) -> bool {
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The text of the pointer.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Pointer> for String {
    fn from(pointer: Pointer) -> String {
        pointer.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which part of what a pointer names is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The value.
    Value,
    /// The key that the value belongs to.
    Key,
    /// The first character of the value: the place for something that is missing in it.
    Start,
}

/// A place in a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The value that is meant.
    pub pointer: Pointer,
    /// The part of it.
    pub part: Part,
}

impl Place {
    /// The value itself.
    pub fn value(pointer: Pointer) -> Place {
        Place { pointer, part: Part::Value }
    }

    /// The key of the value.
    pub fn key(pointer: Pointer) -> Place {
        Place { pointer, part: Part::Key }
    }

    /// The first character of the value.
    pub fn start(pointer: Pointer) -> Place {
        Place { pointer, part: Part::Start }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_as_they_were_put_in() {
        let pointer = Pointer::root().key("a/b~c").index(2).key("");
        assert_eq!(pointer.as_str(), "/a~1b~0c/2/");
        assert_eq!(pointer.tokens().collect::<Vec<_>>(), ["a/b~c", "2", ""]);
        assert_eq!(pointer.parent().as_str(), "/a~1b~0c/2");
    }

    #[test]
    fn a_place_holds_what_is_below_it_and_not_its_namesake() {
        let tools = Pointer::parse("/tools/run");
        assert!(tools.holds(&Pointer::parse("/tools/run")));
        assert!(tools.holds(&Pointer::parse("/tools/run/limits")));
        assert!(!tools.holds(&Pointer::parse("/tools/run_job")));
        assert!(Pointer::root().holds(&tools));
    }
}
