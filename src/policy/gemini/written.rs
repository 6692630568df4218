//! What a file says, before lists in it are taken apart.

use serde_json::Value;

use crate::policy::permissions::{Origin, Ruling};
use crate::source::{Document, LineTable};

/// What one file says.
#[derive(Debug, Default)]
pub(super) struct TomlPolicy {
    pub(super) rules: Vec<Written>,
    pub(super) checkers: Vec<(Written, CheckerName)>,
    /// Whether the program does not start with it.
    pub(super) refuses_start: bool,
}

/// A rule as it is written: lists stand for one rule each.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    pub(super) tools: Vec<String>,
    pub(super) server: Option<String>,
    pub(super) caller: Option<String>,
    pub(super) ruling: Option<Ruling>,
    pub(super) priority: i32,
    pub(super) patterns: Patterns,
    pub(super) modes: Option<Vec<Box<str>>>,
    pub(super) interactive: Option<bool>,
    pub(super) annotations: Vec<(Box<str>, Value)>,
    pub(super) redirects: bool,
    pub(super) origin: Option<Origin>,
}

/// What the arguments must be like.
#[derive(Clone, Debug, Default)]
pub(super) enum Patterns {
    #[default]
    None,
    /// The command begins with one of these words.
    Prefixes(Vec<String>),
    /// The command matches.
    Command(String),
    /// The text of all arguments matches.
    Arguments(String),
}

/// What looks at calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CheckerName {
    AllowedPath,
    Conseca,
    External,
}

/// The tool that a pattern of commands is meant for.
pub(super) const SHELL: &str = "run_shell_command";

/// The lines of a document, counted from 1.
pub(super) fn line_of(document: &Document) -> impl Fn(usize) -> usize {
    let lines = LineTable::new(&document.text);
    let length = document.text.len();
    move |at| lines.line_of(at.min(length)) + 1
}
