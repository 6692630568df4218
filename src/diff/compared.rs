//! Two versions of a policy with their documents.

use serde_json::Value;

use super::edits::{Edit, EditKind};
use crate::source::{Document, Node};

/// The documents of two policies and the edits between them.
pub struct Compared<'a> {
    old: &'a Document,
    new: &'a Document,
    edits: &'a [Edit],
}

impl<'a> Compared<'a> {
    /// Two documents and the edits that lead from one to the other.
    pub fn new(old: &'a Document, new: &'a Document, edits: &'a [Edit]) -> Compared<'a> {
        Compared { old, new, edits }
    }

    /// The old document.
    pub fn old_version(&self) -> &'a Document {
        self.old
    }

    /// The new document.
    pub fn new_version(&self) -> &'a Document {
        self.new
    }

    /// The edits.
    pub fn edits(&self) -> &'a [Edit] {
        self.edits
    }

    /// The value before an edit and the one after it.
    pub fn values(&self, edit: &Edit) -> (Option<Value>, Option<Value>) {
        let of = |document: &Document, pointer| {
            document.root.as_ref().and_then(|root| root.at(pointer)).map(Node::to_json)
        };
        let before = || of(self.old, &edit.old);
        let after = || of(self.new, &edit.new);
        match edit.kind {
            EditKind::Added => (None, after()),
            EditKind::Removed => (before(), None),
            EditKind::Changed => (before(), after()),
        }
    }

    /// The difference of the texts, as `diff -u` shows it; empty if there is none.
    pub fn text_diff(&self) -> String {
        similar::TextDiff::from_lines(self.old.text.as_str(), self.new.text.as_str())
            .unified_diff()
            .header(&self.old.name, &self.new.name)
            .to_string()
    }
}
