//! Rules explained.

use std::fmt::Write;

use super::common::escape::escape;
use super::common::style::Style;
use super::common::table::{Align, write_table};
use super::common::wrap::{with_joints, wrap};
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
    let mut is_example = false;
    for line in rule.doc.lines() {
        let line = escape(line.strip_prefix(' ').unwrap_or(line));
        is_example ^= line.starts_with("```");
        let shown = match line.strip_prefix("## ") {
            Some(heading) => style.bold(&format!("## {heading}")),
            // Examples are there to be copied.
            None if is_example || !style.bounded => line.into_owned(),
            None => paragraph(&line, style.prose()),
        };
        _ = writeln!(out, "{shown}");
    }
}

fn paragraph(text: &str, most: usize) -> String {
    let indent = if text.starts_with("- ") { "  " } else { "" };
    wrap(&with_joints(text, most - indent.len()), most, indent)
}

/// Writes for every rule how much its findings weigh at most, and in a sentence what it finds.
pub fn write_rules(out: &mut String, rules: &[&Rule], style: &Style) {
    let left = Align::Left;
    let heading = [("rule", left), ("at most", left), ("what it finds", left)];
    let row = |rule: &&Rule| {
        let (name, severity) = (rule.name.to_owned(), rule.severity.name().to_owned());
        vec![name, severity, escape(&rule.sentence()).into_owned()]
    };
    write_table(out, style, &heading, &rules.iter().map(row).collect::<Vec<_>>());
}
