use serde::Serialize;

use crate::lint::anchoring::{
    Names, ends_in_name, has_alternatives, is_closed, names, separator, tied, ties_to_lines,
    ties_within,
};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::fix::{Fix, Safety};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Effect, Predicate};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds `require` conditions whose regular expression is not tied to the start and the end of the text.
    /// One that is tied to one end may well be meant as a prefix or suffix, so it is information only; a beginning that ends with the separator behind a name (`^/app/src/`) is left alone.
    ///
    /// ## Why is this bad?
    /// Patterns match anywhere: `staging` also lets `production-not-staging` through, and `^https://api.example.com` also `https://api.example.com.evil.net`. `(?m)^` ties to a line, not to the text.
    ///
    /// ## Example
    /// ```json
    /// {"require": [{"conditions": [{"path": "args.branch", "op": "regex", "value": "feat/"}]}]}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"require": [{"conditions": [{"path": "args.branch", "op": "regex", "value": "^feat/[a-z0-9-]+$"}]}]}
    /// ```
    "unanchored-regex", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Unanchored {
    pattern: String,
    start: bool,
    end: bool,
}

impl Facts for Unanchored {
    fn message(&self) -> String {
        let what = match (self.start, self.end) {
            _ if ties_within(&self.pattern) => "also where more stands around it",
            (false, false) => "anywhere in the text",
            (true, _) => "whatever follows it",
            (false, true) => "whatever precedes it",
        };
        format!("`{}` matches {what}", self.pattern)
    }

    fn help(&self) -> Option<String> {
        let (source, has_anchor) = (&self.pattern, self.pattern.contains(['^', '$']));
        let help = match (self.start, self.end) {
            _ if ties_within(source) => {
                "if nothing else may stand before or behind it, begin with `^` and end with `$`"
            }
            _ if ties_to_lines(source) => {
                "with `(?m)` the anchors tie to a line; tie it to the text with `\\A` and `\\z`"
            }
            _ if has_anchor && has_alternatives(source) => {
                "an anchor belongs to its own alternative only; write `^(?:…|…)$`"
            }
            (true, _) if ends_in_name(source) => {
                return Some(format!(
                    "longer names begin alike: let a separator follow, `{}`",
                    separator(source)
                ));
            }
            (true, _) => "if not every ending is meant, say what may follow it, up to `$`",
            (_, true) => "if not every beginning is meant, say what may precede it, from `^` on",
            _ if ends_in_name(source) => {
                return Some(format!(
                    "tie it to the start with `^`, and let a separator follow, `{}`",
                    separator(source)
                ));
            }
            _ => match names(source) {
                Names::Beginning => "tie it to the start with `^`, if a beginning is meant",
                Names::Ending => "tie it to the end with `$`, if an ending is meant",
                Names::Whole => {
                    "tie it to the whole text with `^` and `$`, if nothing else may stand there"
                }
            },
        };
        Some(help.to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let own = context.reachable().flat_map(|(listed, _)| &listed.rules.checks);
    let checks = own.chain(&context.policy.all_tools.checks);
    for condition in
        checks.filter(|check| check.effect == Effect::Require).flat_map(|check| &check.conditions)
    {
        let Predicate::Matches(pattern) = &condition.predicate else { continue };
        let anchors = pattern.anchors();
        let severity = match (anchors.start, anchors.end) {
            (true, true) => continue,
            (true, false) if is_folder(pattern.source()) || is_closed(pattern.source()) => continue,
            (false, false) if ties_within(pattern.source()) => Severity::Info,
            (false, false) => RULE.severity,
            _ => Severity::Info,
        };
        let facts = Unanchored {
            pattern: pattern.source().to_owned(),
            start: anchors.start,
            end: anchors.end,
        };
        let at = condition.pointer.key("value");
        let fix = tied(pattern).and_then(|text| {
            let edit = findings.editor().replace(&at, &text.as_str().into());
            Fix::new(Safety::Unsafe, format!("write `{text}`"), [edit])
        });
        findings.add(&RULE, severity, Place::value(at), facts).fixed_by(fix);
    }
}

/// Whether a beginning ends with the separator behind a name, so that what follows is below it:
/// `^/app/src/`, and not `^https://`.
fn is_folder(pattern: &str) -> bool {
    let name = pattern.strip_suffix('/').map(|name| name.trim_end_matches('\\'));
    name.is_some_and(|name| {
        name.ends_with(|end: char| end.is_alphanumeric() || matches!(end, '_' | '-' | ')' | ']'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_separator_behind_a_name_closes_a_beginning() {
        for pattern in ["^/app/src/", "^feature/", "^https://(a|b)/", r"^\/srv\/docs\/", "^[a-z]/"]
        {
            assert!(is_folder(pattern), "{pattern}");
        }
        for pattern in ["^/app/src", "^https://", "^/", "^.*/", "^https://api.example.com", r"^2\."]
        {
            assert!(!is_folder(pattern), "{pattern}");
        }
    }
}
