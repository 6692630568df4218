//! Comments that ignore findings: `# gatelint: ignore[rule] reason, expires: 2027-01-31`, on the line or
//! above it; reason and day may be left out.

use jiff::civil::Date;
use serde::Serialize;

use super::expiry::{Expired, read_words};
use super::finding::{Facts, Finding, Findings};
use super::rules::{nearest_rule, rule_among};
use super::{Settings, rules};
use crate::source::{Comment, Document, LineTable, Span};

/// What stands for a reason until somebody writes one.
pub const NO_REASON: &str = "<reason>";

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
    /// The last day on which it ignores anything, and whether that is over.
    expires: Option<Date>,
    is_over: bool,
}

/// A comment that was meant to ignore something and does not.
struct Broken {
    span: Span,
    facts: Invalid,
}

impl IgnoreComments {
    /// Reads the comments of a document.
    pub(super) fn of(document: &Document, settings: &Settings) -> IgnoreComments {
        let text = if document.comments.is_empty() { "" } else { document.text.as_str() };
        let lines = LineTable::new(text);
        let mut found = IgnoreComments { lines, list: Vec::new(), broken: Vec::new() };
        let mut targets = Vec::with_capacity(document.comments.len());
        // The line of the comment below that stands alone, and the line that it is about.
        let mut below = None;
        for comment in document.comments.iter().rev() {
            let line = found.lines.line_of(comment.span.start());
            let start = found.lines.start_of(line, text);
            let before = text[start..comment.span.start()].trim_start_matches('\u{feff}');
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
            found.add(comment, line, settings);
        }
        found
    }

    fn add(&mut self, comment: &Comment, line: usize, settings: &Settings) {
        let Some(order) = comment.text.trim_start().strip_prefix("gatelint:") else { return };
        let span = comment.span;
        let rest = order.trim_start().strip_prefix("ignore").map(str::trim_start);
        let list = rest.and_then(|rest| rest.strip_prefix('[')?.split_once(']'));
        let (names, words) = list.unwrap_or_default();
        let mut names = names.split(',').map(str::trim).filter(|name| !name.is_empty()).peekable();
        if names.peek().is_none() {
            return self.broken.push(Broken { span, facts: Invalid::missing("rule") });
        }
        let mut rules = Vec::new();
        for name in names {
            match rule_among(name, &settings.house) {
                Some(rule) => rules.push((rule.name.to_owned(), false)),
                None => {
                    let facts = Invalid::rule(name, nearest_rule(name, &settings.house));
                    self.broken.push(Broken { span, facts });
                }
            }
        }
        match read_words(words) {
            Err(expires) => self.broken.push(Broken { span, facts: Invalid::expires(expires) }),
            Ok((reason, _)) if settings.require_reasons && !is_reason(&reason) => {
                self.broken.push(Broken { span, facts: Invalid::missing("reason") });
            }
            Ok((reason, expires)) => {
                let is_over = settings.is_over(expires);
                self.list.push(IgnoreComment { span, line, rules, reason, expires, is_over });
            }
        }
    }

    /// The reason for which a finding is ignored, if a comment ignores it.
    pub(super) fn ignore(&mut self, finding: &Finding) -> Option<String> {
        if self.list.is_empty() {
            return None;
        }
        let line = self.lines.line_of(finding.span.start);
        let on_line = |comment: &&mut IgnoreComment| comment.line == line && !comment.is_over;
        let comments = self.list.iter_mut().filter(on_line);
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

/// Whether a text says why something is ignored; [`NO_REASON`] does not.
pub fn is_reason(text: &str) -> bool {
    !matches!(text.trim(), "" | NO_REASON)
}

/// Why a comment that was meant to ignore something does not.
#[derive(Serialize, Default)]
struct Invalid {
    /// The rule that does not exist.
    rule: Option<String>,
    nearest: Option<&'static str>,
    /// What was meant to say up to which day.
    expires: Option<String>,
    /// What it does not have.
    missing: Option<&'static str>,
}

impl Invalid {
    fn rule(name: &str, nearest: Option<&'static str>) -> Invalid {
        Invalid { rule: Some(name.to_owned()), nearest, ..Invalid::default() }
    }

    fn expires(text: String) -> Invalid {
        Invalid { expires: Some(text), ..Invalid::default() }
    }

    fn missing(what: &'static str) -> Invalid {
        Invalid { missing: Some(what), ..Invalid::default() }
    }
}

impl Facts for Invalid {
    fn message(&self) -> String {
        match (&self.rule, &self.expires, self.missing) {
            (Some(rule), ..) => {
                format!("this comment ignores `{rule}`, and there is no such rule")
            }
            (_, Some(text), _) => {
                format!(
                    "this comment ignores nothing, because `{text}` does not say up to which day"
                )
            }
            (.., Some("reason")) => {
                "this comment ignores nothing, because it does not say why".to_owned()
            }
            _ => "this comment ignores nothing, because it names no rule".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match (self.nearest, &self.expires, self.missing) {
            (Some(nearest), ..) => format!("did you mean `{nearest}`?"),
            (_, Some(_), _) => "write the last day once, such as `expires: 2027-01-31`".to_owned(),
            (.., Some("reason")) => {
                "write the reason behind the rule: `require-ignore-reasons` is set".to_owned()
            }
            _ => "write `# gatelint: ignore[rule-name] reason`".to_owned(),
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
    comments: IgnoreComments,
    settings: &Settings,
    findings: &mut Findings<'_>,
) {
    for Broken { span, facts } in comments.broken {
        let rule = rules::INVALID_IGNORE;
        findings.add_text(rule, rule.severity, span, facts);
    }
    for comment in comments.list {
        if let Some(expires) = comment.expires.filter(|_| comment.is_over) {
            let rules = comment.rules.into_iter().map(|(rule, _)| rule).collect();
            let facts = Expired { rules, expires: expires.to_string() };
            let rule = rules::EXPIRED_IGNORE;
            findings.add_text(rule, rule.severity, comment.span, facts);
            continue;
        }
        for (rule, _) in comment.rules.into_iter().filter(|(_, used)| !used) {
            let ran = rule_among(&rule, &settings.house).is_some_and(|rule| settings.runs(rule));
            if ran && !settings.unignorable.contains(rule.as_str()) {
                let facts = Unused { rule };
                let rule = rules::UNUSED_IGNORE;
                findings.add_text(rule, rule.severity, comment.span, facts);
            }
        }
    }
}
