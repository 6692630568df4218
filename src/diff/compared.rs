//! Two versions of a policy with their documents.

use serde_json::Value;
use similar::TextDiff;

use super::edits::{Edit, EditKind};
use crate::source::{Document, Node};

/// The documents of two policies and the edits between them.
pub struct Compared<'a> {
    old: &'a Document,
    new: &'a Document,
    edits: &'a [Edit],
    history: History,
    options: Vec<String>,
}

/// How two versions of a policy hang together.
#[derive(Clone, Debug)]
pub struct History {
    /// The policy's name: the new one, or of a policy that is gone the old one.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
    /// Where a command finds the old version; none if there is none.
    pub old: Option<Origin>,
    /// Where a command finds the new version; none if there is none.
    pub new: Option<Origin>,
}

/// What became of a policy between two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is where it was.
    Stayed,
    /// It has another name.
    Renamed {
        /// Its name before.
        from: String,
    },
    /// There was none before: everything was denied.
    New {
        /// Where its text was before, which was not a place that is looked at.
        from: Option<String>,
    },
    /// Its old version cannot be read, and is left out as if there had been none.
    Unread,
    /// There is none any more: everything is denied.
    Removed {
        /// Where its text is now, which is not a place that is looked at.
        to: Option<String>,
    },
}

/// Where a command finds a version of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a file, by its path.
    File(String),
    /// In a revision.
    Revision {
        /// The way to the repository, where it is not the one of the current folder.
        repository: Option<String>,
        /// The version as git names it, `REVISION:PATH`.
        object: String,
    },
}

impl<'a> Compared<'a> {
    /// Two documents and the edits that lead from one to the other.
    pub fn new(old: &'a Document, new: &'a Document, edits: &'a [Edit]) -> Compared<'a> {
        let history = History {
            name: new.name.clone(),
            fate: Fate::Stayed,
            old: Some(Origin::File(old.name.clone())),
            new: Some(Origin::File(new.name.clone())),
        };
        Compared { old, new, edits, history, options: Vec::new() }
    }

    /// The same, where the versions are read with options of the command line.
    pub fn with_options(self, options: Vec<String>) -> Compared<'a> {
        Compared { options, ..self }
    }

    /// The options of the command line that the versions are read with.
    pub fn options(&self) -> &[String] {
        &self.options
    }

    /// The same, where it is known how the two versions hang together.
    pub fn with_history(self, history: History) -> Compared<'a> {
        Compared { history, ..self }
    }

    /// How the two versions hang together.
    pub fn history(&self) -> &History {
        &self.history
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

    /// The value before an edit and the one after it. `value` says what is shown of each.
    pub fn values(
        &self,
        edit: &Edit,
        value: impl Fn(&Document, &Node) -> Value,
    ) -> (Option<Value>, Option<Value>) {
        let of = |document: &Document, pointer| {
            let node = document.root.as_ref().and_then(|root| root.at(pointer));
            node.map(|node| value(document, node))
        };
        let before = || of(self.old, &edit.old);
        let after = || of(self.new, &edit.new);
        match edit.kind {
            EditKind::Added => (None, after()),
            EditKind::Removed => (before(), None),
            EditKind::Changed => (before(), after()),
        }
    }

    /// The difference of the texts, as `diff -u` shows it; empty if there is none. `text` says what is shown of each.
    pub fn text_diff(&self, text: impl Fn(&Document) -> String) -> String {
        let [old, new] = [self.old, self.new].map(text);
        unified_diff((&self.old.name, &old), (&self.new.name, &new))
    }
}

/// The difference of two named texts, as `diff -u` shows it; empty if there is none. A line ends with a line feed alone,
/// as it does for those who apply it.
pub fn unified_diff((old_name, old): (&str, &str), (new_name, new): (&str, &str)) -> String {
    let [old, new] = [old, new].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let diff = TextDiff::configure().newline_terminated(true).diff_slices(&old, &new);
    diff.unified_diff().header(old_name, new_name).to_string()
}
