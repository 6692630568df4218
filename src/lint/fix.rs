//! Fixes: edits that mend what was found.

use serde::Serialize;

use crate::source::Edit;

/// Whether a fix may be made without a look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// It writes down what was plainly meant, and is proved to let nothing more pass than the
    /// document does without what was not read of it.
    Safe,
    /// It changes what the policy decides in a way that somebody has to want.
    Unsafe,
}

/// A way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: "write `minute`".
    pub title: String,
    /// Whether it may be made without a look at it.
    pub safety: Safety,
    /// The edits, which belong together and do not conflict.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix of edits; none if one of them cannot be made.
    pub fn new(
        safety: Safety,
        title: impl Into<String>,
        edits: impl IntoIterator<Item = Option<Edit>>,
    ) -> Option<Fix> {
        let edits: Option<Vec<Edit>> = edits.into_iter().collect();
        Some(Fix { title: title.into(), safety, edits: edits? })
    }
}
