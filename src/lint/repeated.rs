//! One finding about one mistake: what a rule says in general is left out where another one shows it, and what is
//! so at many places of a permission file is said once.

use std::cmp::Reverse;

use super::finding::{Finding, Related, sort};
use super::rules::FILE_DROPPED;
use crate::source::Pointer;

/// A rule of which findings are left out, with its reasons if it is so of some alone; the rule that says the same
/// better, at the same place or around it; whether it has to weigh as much.
type ShownBy = (&'static str, &'static [&'static str], &'static str, bool);

const SHOWN_BY: [ShownBy; 4] = [
    ("unanchored-regex", &[], "bypassable-allow-list", true),
    ("dead-rule", &["never-matches", "mcp-argument-pattern"], "unknown-tool", false),
    ("unknown-tool", &["retired-tool-name"], "dead-rule", false),
    ("invalid-value", &[], "dead-rule", false),
];

/// Leaves out the findings that others show. How one can be mended is handed on.
pub(super) fn leave_out_repeated(findings: &mut Vec<Finding>) {
    for (rule, reasons, better, is_as_grave) in SHOWN_BY {
        let is_meant = |finding: &Finding| {
            finding.rule.name == rule
                && (reasons.is_empty()
                    || reason(finding).is_some_and(|reason| reasons.contains(&reason)))
        };
        let is_shown = |finding: &Finding, by: &Finding| {
            let pointer = |finding: &Finding| finding.pointer.as_deref().map(Pointer::parse);
            let within = || Some(pointer(by)?.holds(&pointer(finding)?));
            by.rule.name == better
                && (!is_as_grave || by.severity >= finding.severity)
                && within() == Some(true)
        };
        let repeated: Vec<usize> = (0..findings.len())
            .filter(|at| is_meant(&findings[*at]))
            .filter(|at| findings.iter().any(|by| is_shown(&findings[*at], by)))
            .collect();
        for at in repeated.into_iter().rev() {
            let finding = findings.remove(at);
            let by = findings.iter_mut().find(|by| is_shown(&finding, by));
            if let Some(by) = by.filter(|by| by.fix.is_none()) {
                by.fix = finding.fix;
            }
        }
    }
}

/// Makes one finding of those that say the same of several places of a permission file: the gravest of them, the
/// first of those, with the places of the others and how many there are in all.
pub(super) fn join_alike(findings: &mut Vec<Finding>) {
    let mut groups: Vec<Vec<Finding>> = Vec::new();
    for finding in findings.drain(..) {
        match groups.iter_mut().find(|group| is_alike(&group[0], &finding)) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    findings.extend(groups.into_iter().map(joined));
    sort(findings);
}

/// Why a finding is one, where its rule has several reasons.
fn reason(finding: &Finding) -> Option<&str> {
    finding.facts.get("reason")?.as_str()
}

fn is_alike(one: &Finding, other: &Finding) -> bool {
    let is_same_rule = one.rule.name == other.rule.name && one.class == other.class;
    let says_same = || match (reason(one), reason(other)) {
        // A file is dropped once, whatever else would do it as well.
        _ if one.rule.name == FILE_DROPPED.name => true,
        (None, None) => one.message == other.message,
        (one, other) => one == other,
    };
    is_same_rule && says_same()
}

fn joined(mut group: Vec<Finding>) -> Finding {
    group.sort_by_key(|finding| Reverse(finding.severity));
    let mut first = group.remove(0);
    if group.is_empty() {
        return first;
    }
    let is_dropped = first.rule.name == FILE_DROPPED.name;
    first.message += &match (is_dropped, group.len()) {
        (true, 1) => "; another mistake does the same".to_owned(),
        (true, more) => format!("; {more} more mistakes do the same"),
        (false, 1) => "; the like is so at another place".to_owned(),
        (false, more) => format!("; the like is so at {more} more places"),
    };
    if let Some(facts) = first.facts.as_object_mut() {
        facts.insert("count".to_owned(), (group.len() + 1).into());
    }
    let title = |finding: &Finding| finding.fix.as_ref().map(|fix| fix.title.clone());
    if group.iter().all(|other| title(other) == title(&first)) {
        let edits = group.iter().filter_map(|other| other.fix.as_ref());
        let edits: Vec<_> = edits.flat_map(|fix| fix.edits.clone()).collect();
        first.fix.iter_mut().for_each(|fix| fix.edits.extend(edits.clone()));
    }
    first.related.extend(group.into_iter().map(|other| Related {
        message: match other.facts.get("cause").and_then(serde_json::Value::as_str) {
            Some(cause) => cause.to_owned(),
            None => other.message,
        },
        pointer: other.pointer,
        span: other.span,
    }));
    first
}
