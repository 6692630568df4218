//! Comments that ignore findings: `# gatelint: ignore[rule] reason`, on the line or above it.

use serde::Serialize;

use super::finding::{Facts, Finding, Findings};
use super::rules::{nearest_rule, rule_named};
use super::{Settings, rules};
use crate::source::{Comment, Document, LineTable, Span};

/// The comments of a document that ignore something.
pub(super) struct IgnoreComments {
    lines: LineTable,
    list: Vec<IgnoreComment>,
    broken: Vec<Broken>,
}

struct IgnoreComment {
    span: Span,
    /// The line whose findings are ignored, counted from 0.
    line: usize,
    rules: Vec<(String, bool)>,
    reason: String,
}

/// A comment that was meant to ignore something and does not.
struct Broken {
    span: Span,
    facts: Misplaced,
}

impl IgnoreComments {
    /// Reads the comments of a document.
    pub(super) fn of(document: &Document) -> IgnoreComments {
        let text = if document.comments.is_empty() { "" } else { document.text.as_str() };
        let lines = LineTable::new(text);
        let mut found = IgnoreComments { lines, list: Vec::new(), broken: Vec::new() };
        let mut targets = Vec::with_capacity(document.comments.len());
        // The line of the comment below that stands alone, and the line that it is about.
        let mut below = None;
        for comment in document.comments.iter().rev() {
            let line = found.lines.line_of(comment.span.start);
            let start = found.lines.start_of(line, text);
            let before = text[start..comment.span.start].trim_start_matches('\u{feff}');
            if !before.trim().is_empty() {
                targets.push(line);
                continue;
            }
            // One that stands alone is about the next line that is no comment.
            let target = match below {
                Some((next, target)) if next == line + 1 => target,
                _ => line + 1,
            };
            below = Some((line, target));
            targets.push(target);
        }
        for (comment, line) in document.comments.iter().zip(targets.into_iter().rev()) {
            found.add(comment, line);
        }
        found
    }

    fn add(&mut self, comment: &Comment, line: usize) {
        let Some(order) = comment.text.trim_start().strip_prefix("gatelint:") else { return };
        let rest = order.trim_start().strip_prefix("ignore").map(str::trim_start);
        let list = rest.and_then(|rest| rest.strip_prefix('[')?.split_once(']'));
        let Some((names, reason)) = list else {
            let facts = Misplaced { rule: None, nearest: None };
            return self.broken.push(Broken { span: comment.span, facts });
        };
        let mut names = names.split(',').map(str::trim).filter(|name| !name.is_empty()).peekable();
        if names.peek().is_none() {
            let facts = Misplaced { rule: None, nearest: None };
            return self.broken.push(Broken { span: comment.span, facts });
        }
        let mut rules = Vec::new();
        for name in names {
            match rule_named(name) {
                Some(rule) => rules.push((rule.name.to_owned(), false)),
                None => {
                    let near = nearest_rule(name);
                    let facts =
                        Misplaced { rule: Some(name.to_owned()), nearest: near.map(str::to_owned) };
                    self.broken.push(Broken { span: comment.span, facts });
                }
            }
        }
        let reason = reason.trim().to_owned();
        self.list.push(IgnoreComment { span: comment.span, line, rules, reason });
    }

    /// The reason for which a finding is ignored, if a comment ignores it.
    pub(super) fn ignore(&mut self, finding: &Finding) -> Option<String> {
        if self.list.is_empty() {
            return None;
        }
        let line = self.lines.line_of(finding.span.start);
        let comments = self.list.iter_mut().filter(|comment| comment.line == line);
        let mut reason = None;
        for comment in comments {
            let named = |(rule, _): &&mut (String, bool)| rule == finding.rule.name;
            if let Some((_, used)) = comment.rules.iter_mut().find(named) {
                *used = true;
                reason = Some(comment.reason.clone());
            }
        }
        reason
    }
}

#[derive(Serialize)]
struct Misplaced {
    /// The rule that does not exist; none where the comment names no rules at all.
    rule: Option<String>,
    nearest: Option<String>,
}

impl Facts for Misplaced {
    fn message(&self) -> String {
        match &self.rule {
            Some(rule) => format!("this comment ignores `{rule}`, and there is no such rule"),
            None => "this comment ignores nothing, because it names no rule".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match &self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "write `# gatelint: ignore[rule-name] reason`".to_owned(),
        })
    }
}

#[derive(Serialize)]
struct Unused {
    rule: String,
}

impl Facts for Unused {
    fn message(&self) -> String {
        format!("nothing of `{}` is found here, so that there is nothing to ignore", self.rule)
    }

    fn help(&self) -> Option<String> {
        Some("remove the rule from the comment, or the comment".to_owned())
    }
}

/// Reports comments that ignore nothing. One whose rule did not run may well be needed.
pub(super) fn report_comments(
    comments: &IgnoreComments,
    settings: &Settings,
    findings: &mut Findings<'_>,
) {
    for Broken { span, facts } in &comments.broken {
        let facts = Misplaced { rule: facts.rule.clone(), nearest: facts.nearest.clone() };
        let rule = rules::INVALID_IGNORE;
        findings.add_text(rule, rule.severity, *span, facts);
    }
    for comment in &comments.list {
        for (rule, _) in comment.rules.iter().filter(|(_, used)| !used) {
            let ran = rule_named(rule).is_some_and(|rule| settings.runs(rule));
            if ran && !settings.unignorable.contains(rule.as_str()) {
                let facts = Unused { rule: rule.clone() };
                let rule = rules::UNUSED_IGNORE;
                findings.add_text(rule, rule.severity, comment.span, facts);
            }
        }
    }
}
