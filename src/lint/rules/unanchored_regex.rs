use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::fix::{Fix, Safety};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Effect, Pattern, Predicate};
use crate::source::{Editor, Place, Pointer};

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
            (false, false) => "anywhere in the text",
            (true, _) => "whatever follows it",
            (false, true) => "whatever precedes it",
        };
        format!("`{}` matches {what}", self.pattern)
    }

    fn help(&self) -> Option<String> {
        let help = if self.pattern.contains("(?m") {
            "with `(?m)` the anchors tie to a line; tie it to the text with `\\A` and `\\z`"
        } else if self.pattern.contains('|') && self.pattern.contains(['^', '$']) {
            "an anchor belongs to its own alternative only; write `^(?:…|…)$`"
        } else {
            "tie it to the whole text with `^` and `$`"
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
            (true, false) if is_folder(pattern.source()) => continue,
            (false, false) => RULE.severity,
            _ => Severity::Info,
        };
        let facts = Unanchored {
            pattern: pattern.source().to_owned(),
            start: anchors.start,
            end: anchors.end,
        };
        let at = condition.pointer.key("value");
        let fix = anchored(pattern, &at, &findings.editor());
        findings.add(&RULE, severity, Place::value(at), facts).fixed_by(fix);
    }
}

/// The pattern tied to both ends, which may refuse what was meant to pass. One that is tied to an end
/// already is meant as a beginning or an ending, and would refuse all of that.
fn anchored(pattern: &Pattern, at: &Pointer, editor: &Editor<'_>) -> Option<Fix> {
    let (source, anchors) = (pattern.source(), pattern.anchors());
    let has_anchor = source.contains(['^', '$']) && !source.contains('|');
    // What lets everything through would let the empty text through and nothing else.
    if source.is_empty() || has_anchor || anchors.start || anchors.end {
        return None;
    }
    // An anchor belongs to one alternative only, and flags hold for what stands behind them.
    let text = match source.contains('|') || source.starts_with("(?") {
        true => format!("^(?:{source})$"),
        false => format!("^{source}$"),
    };
    let both = Pattern::compile(&text).ok()?.anchors();
    (both.start && both.end).then_some(())?;
    let edit = editor.replace(at, &text.as_str().into());
    Fix::new(Safety::Unsafe, format!("write `{text}`"), [edit])
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
