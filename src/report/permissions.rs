//! The rules of an agent as they are in force, for people.

use std::collections::HashSet;
use std::fmt::Write;

use super::common::escape::escape;
use super::common::style::Style;
use super::common::wrap::fitted;
use crate::policy::{Origin, PermissionRule, Permissions};

/// Writes the rules in the order in which the files have them, each with its place, and once: a rule of a file stands
/// for several of the agent's.
pub fn write_permissions(out: &mut String, name: &str, permissions: &Permissions, style: &Style) {
    fitted(out, style, |out| write_rules(out, name, permissions, style));
}

fn write_rules(out: &mut String, name: &str, permissions: &Permissions, style: &Style) {
    let precedence = permissions.precedence.name();
    let lines = lines(permissions, style);
    let title = format!("{}: {} rules, {precedence}", escape(name), lines.len());
    _ = writeln!(out, "{}", style.bold(&title));
    for file in &permissions.files {
        _ = writeln!(
            out,
            "{}",
            style.dim(&format!("  {} ({})", escape(&file.name), file.scope.name()))
        );
    }
    lines.iter().for_each(|line| _ = writeln!(out, "{line}"));
}

fn lines(permissions: &Permissions, style: &Style) -> Vec<String> {
    // What a rule does in one mode is said where it is said of all.
    let of_all: HashSet<(&Origin, &str)> = permissions
        .rules
        .iter()
        .filter(|rule| rule.origin.file.is_some() && rule.modes.is_none())
        .map(|rule| (&rule.origin, &*rule.text))
        .collect();
    let is_said = |rule: &PermissionRule| {
        rule.modes.is_some() && of_all.contains(&(&rule.origin, &*rule.text))
    };
    let (mut lines, mut seen) = (Vec::new(), HashSet::new());
    for rule in permissions.rules.iter().filter(|rule| !is_said(rule)) {
        let place = match &rule.origin.file {
            Some(file) => format!("{}:{}", escape(file), rule.origin.line),
            None => "built in".to_owned(),
        };
        let modes = rule.modes.as_ref().map(|modes| format!("in {} ", escape(&modes.join(", "))));
        let modes = modes.unwrap_or_default();
        let line = format!("{modes}{}  {}", escape(&rule.text), style.dim(&format!("({place})")));
        if seen.insert(line.clone()) {
            lines.push(line);
        }
    }
    lines
}
