//! The rules of an agent as they are in force, for people.

use std::fmt::Write;

use super::common::escape::escape;
use super::common::style::Style;
use crate::policy::Permissions;

/// Writes the rules in the order in which the files have them, each with its place.
pub fn write_permissions(out: &mut String, name: &str, permissions: &Permissions, style: &Style) {
    let precedence = permissions.precedence.name();
    let title = format!("{}: {} rules, {precedence}", escape(name), permissions.rules.len());
    _ = writeln!(out, "{}", style.bold(&title));
    for file in &permissions.files {
        _ = writeln!(
            out,
            "{}",
            style.dim(&format!("  {} ({})", escape(&file.name), file.scope.name()))
        );
    }
    for rule in &permissions.rules {
        let place = match &rule.origin.file {
            Some(file) => format!("{}:{}", escape(file), rule.origin.line),
            None => "built in".to_owned(),
        };
        let modes = rule.modes.as_ref().map(|modes| format!("in {} ", escape(&modes.join(", "))));
        let modes = modes.unwrap_or_default();
        _ = writeln!(out, "{modes}{}  {}", escape(&rule.text), style.dim(&format!("({place})")));
    }
}
