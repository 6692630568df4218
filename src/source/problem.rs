//! What can be wrong with a document as text.

use std::collections::HashMap;

use serde::Serialize;
use thiserror::Error;

use super::{Entry, Span};

/// Something wrong in a document's text, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// Where.
    pub span: Span,
    /// A second place that belongs to it, such as the first of two duplicate keys.
    pub related: Option<Span>,
}

impl Problem {
    /// A problem with one place.
    pub fn new(kind: ProblemKind, span: Span) -> Problem {
        Problem { kind, span, related: None }
    }
}

/// The kinds of problems.
#[derive(Clone, Debug, PartialEq, Error, Serialize)]
#[serde(tag = "problem", rename_all = "kebab-case")]
pub enum ProblemKind {
    /// The text does not follow the grammar of its format.
    #[error("{message}")]
    Syntax {
        /// What was found and what was expected.
        message: String,
    },
    /// The bytes are not UTF-8.
    #[error("byte {offset} is not valid UTF-8")]
    NotUtf8 {
        /// Offset of the first bad byte.
        offset: usize,
        /// Whether the file starts like UTF-16.
        utf16: bool,
    },
    /// There is nothing in the file.
    #[error("the file is empty")]
    Empty,
    /// The nesting is deeper than [`super::MAX_DEPTH`].
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// The bound.
        limit: usize,
    },
    /// The aliases add more than [`super::MAX_ALIAS_NODES`] nodes.
    #[error("aliases expand to more than {limit} values")]
    AliasBomb {
        /// The bound.
        limit: usize,
    },
    /// A key that is a list or an object.
    #[error("a key must be a single word, not a list or an object")]
    ComplexKey,
    /// A key stands twice in one object.
    #[error("the key `{key}` stands twice in one object")]
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// A comment in JSON.
    #[error("JSON has no comments")]
    JsonComment,
    /// A comma before a closing bracket in JSON.
    #[error("JSON allows no comma before a closing bracket")]
    TrailingComma,
    /// A YAML file with more than one document.
    #[error("a second YAML document starts here and is never read")]
    ExtraDocument,
}

impl ProblemKind {
    /// Whether reading had to stop, so that what follows is unknown.
    pub fn is_fatal(&self) -> bool {
        match self {
            ProblemKind::Syntax { .. }
            | ProblemKind::NotUtf8 { .. }
            | ProblemKind::Empty
            | ProblemKind::TooDeep { .. }
            | ProblemKind::AliasBomb { .. }
            | ProblemKind::ComplexKey => true,
            ProblemKind::DuplicateKey { .. }
            | ProblemKind::JsonComment
            | ProblemKind::TrailingComma
            | ProblemKind::ExtraDocument => false,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            ProblemKind::Syntax { .. } => "mend the syntax; nothing behind this place was read",
            ProblemKind::NotUtf8 { utf16: true, .. } => {
                "the file starts like UTF-16; save it as UTF-8"
            }
            ProblemKind::NotUtf8 { .. } => "save the file as UTF-8",
            ProblemKind::Empty => {
                "put into it what belongs there; the smallest policy is `{\"version\": \"1\", \"default\": \"deny\"}`"
            }
            ProblemKind::TooDeep { .. } => {
                "nothing that is read here nests this deep; look for a bracket too many"
            }
            ProblemKind::AliasBomb { .. } => {
                "write the values out instead of referring to aliases of aliases"
            }
            ProblemKind::ComplexKey => "use a plain word as the key",
            ProblemKind::DuplicateKey { .. } => {
                "keep one of the two; readers disagree on which one counts"
            }
            ProblemKind::JsonComment => "remove the comment, or keep the file as YAML",
            ProblemKind::TrailingComma => "remove the comma",
            ProblemKind::ExtraDocument => "remove it, or move it into a file of its own",
        }
    }
}

/// The keys that stand more than once in one object, each with the place of the first.
pub(super) fn duplicate_keys(entries: &[Entry]) -> Vec<Problem> {
    /// Up to so many keys looking at each is faster than an index.
    const FEW: usize = 12;
    let is_new = |(at, entry): (usize, &Entry)| {
        entries[..at].iter().all(|before| before.key.text != entry.key.text)
    };
    if entries.len() <= FEW && entries.iter().enumerate().all(is_new) {
        return Vec::new();
    }
    let mut first: HashMap<&str, Span> = HashMap::with_capacity(entries.len());
    let mut problems = Vec::new();
    for entry in entries {
        let key = &*entry.key.text;
        if let Some(related) = first.get(key) {
            let kind = ProblemKind::DuplicateKey { key: key.to_owned() };
            problems.push(Problem { kind, span: entry.key.span, related: Some(*related) });
        } else {
            first.insert(key, entry.key.span);
        }
    }
    problems
}
