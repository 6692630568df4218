//! Two policies to compare.

use std::sync::LazyLock;

use crate::cli::common::input::Loaded;
use crate::diff::{Compared, Edit, History};
use crate::source::{Kind, Node, Span};

/// Two policies to compare.
pub(super) struct Pair {
    pub(super) old: Loaded,
    pub(super) new: Loaded,
    /// What became of the policy between two revisions; none of two that the user named.
    pub(super) history: Option<History>,
    /// The options by which the policies are read.
    pub(super) options: Vec<String>,
}

impl Pair {
    /// The same, as one grant alone meets them.
    pub(super) fn for_one_grant(mut self) -> Pair {
        self.old.policy = self.old.policy.for_one_grant();
        self.new.policy = self.new.policy.for_one_grant();
        self
    }

    pub(super) fn old_root(&self) -> &Node {
        root(&self.old)
    }

    pub(super) fn new_root(&self) -> &Node {
        root(&self.new)
    }

    pub(super) fn compared<'p>(&'p self, edits: &'p [Edit]) -> Compared<'p> {
        let compared = Compared::new(&self.old.document, &self.new.document, edits);
        let compared = compared.with_options(self.options.clone());
        match &self.history {
            Some(history) => compared.with_history(history.clone()),
            None => compared,
        }
    }
}

/// The tree of a policy that was read; an empty one where it is made of several files.
fn root(loaded: &Loaded) -> &Node {
    static NONE: LazyLock<Node> =
        LazyLock::new(|| Node::new(Kind::Map(Vec::new().into()), Span::default()));
    loaded.document.root.as_ref().unwrap_or(&NONE)
}
