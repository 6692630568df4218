//! What every part of the reader of a configuration needs.

use crate::lint::{HouseRule, Patterns};
use crate::source::{Document, Node, Place, Pointer};

/// Something that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigError {
    /// Where, in bytes.
    pub span: std::ops::Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// A configuration that is being read.
pub(super) struct Reader<'d> {
    pub(super) document: &'d Document,
    pub(super) errors: Vec<ConfigError>,
    /// The names of statements, also of those that cannot be read.
    pub(super) declared: Vec<String>,
    /// The statements, as rules of the linter.
    pub(super) house: Vec<HouseRule>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(document: &'d Document) -> Reader<'d> {
        Reader { document, errors: Vec::new(), declared: Vec::new(), house: Vec::new() }
    }

    pub(super) fn error(&mut self, place: &Place, message: String, help: Option<String>) {
        self.errors.push(ConfigError { span: self.document.span_of(place), message, help });
    }

    /// One pattern, or a list of them.
    pub(super) fn patterns(&mut self, node: &Node, at: &Pointer, field: &str) -> Option<Patterns> {
        let (node, at) = (node.get(field)?, at.key(field));
        let texts: Vec<String> = match node.as_str() {
            Some(one) => vec![one.to_owned()],
            None => node.elements().iter().filter_map(Node::as_str).map(str::to_owned).collect(),
        };
        match Patterns::new(texts) {
            Ok(patterns) => Some(patterns),
            Err((index, reason)) => {
                let at = if node.as_str().is_some() { at } else { at.index(index) };
                let message = format!("this is no pattern of files: {reason}");
                let help = "write it as `.gitignore` does, such as `policies/**/*.json`".to_owned();
                self.error(&Place::value(at), message, Some(help));
                None
            }
        }
    }
}
