//! Rules explained.

use std::fmt::Write;

use super::common::escape::escape;
use super::common::style::Style;
use crate::lint::{Rule, RuleCheck, checks};

/// Writes all that there is to say about a rule.
pub fn write_rule(out: &mut String, rule: &Rule, style: &Style) {
    let kind = match checks().find(|(other, _)| other.name == rule.name) {
        Some((_, RuleCheck::Reading)) => "found while the policy is read",
        Some((_, RuleCheck::Ignores)) => "found when it is known what is ignored",
        Some((_, RuleCheck::Permissions(_))) => "found by judging the permission files of an agent",
        Some((_, RuleCheck::Policy(_) | RuleCheck::Both(..))) | None => {
            "found by judging the policy"
        }
    };
    _ = writeln!(out, "{}", style.bold(rule.name));
    let on = if rule.on { "" } else { "; runs only when it is selected" };
    _ = writeln!(out, "at most {}; {kind}{on}\n", rule.severity.name());
    for line in rule.doc.lines() {
        let line = escape(line.strip_prefix(' ').unwrap_or(line));
        let shown = match line.strip_prefix("## ") {
            Some(heading) => style.bold(&format!("## {heading}")),
            None => line.into_owned(),
        };
        _ = writeln!(out, "{shown}");
    }
}

/// Writes every rule on a line of its own.
pub fn write_rules(out: &mut String, rules: &[&Rule], style: &Style) {
    let width = rules.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    for rule in rules {
        let name = style.bold(&format!("{:width$}", rule.name));
        let summary = rule.summary().split_whitespace().collect::<Vec<_>>().join(" ");
        _ = writeln!(out, "{name}  {:7}  {}", rule.severity.name(), escape(&summary));
    }
}
