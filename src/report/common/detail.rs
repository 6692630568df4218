//! How much is said to people, and what was looked at.

use std::fmt::Write;

use super::escape::escape;
use super::style::Style;
use super::words::count;
use super::wrap::wrap;
use crate::policy::Policy;

/// How much is said to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// What it comes to, in a line.
    Summary,
    /// What was found.
    Findings,
    /// Also what was looked at and what was passed over.
    Files,
}

/// Writes what a file was taken for, or why it was passed over. The words must have been escaped.
pub(in crate::report) fn write_file(out: &mut String, file: &str, what: &str, style: &Style) {
    let line = format!("{}: {what}", escape(file));
    _ = writeln!(out, "{}", wrap(&line, style.prose(), "  "));
}

/// Writes what a policy is.
pub(in crate::report) fn write_policy(
    out: &mut String,
    file: &str,
    policy: &Policy,
    style: &Style,
) {
    let (number, noun) = match &policy.permissions {
        Some(permissions) => (permissions.rules.len(), "rule"),
        None => (policy.tools.len(), "tool"),
    };
    let what = format!("{}, {}", policy.dialect, count(number as u64, noun));
    write_file(out, file, &what, style);
}
