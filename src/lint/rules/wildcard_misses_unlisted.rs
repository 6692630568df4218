use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::Default;
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds Intercept policies that deny by default and list nothing but `"*"`.
    ///
    /// ## Why is this bad?
    /// `"*"` adds rules to the tools that are listed, and lists none: every call is denied before its rules are asked.
    ///
    /// ## Example
    /// ```yaml
    /// default: deny
    /// tools:
    ///   "*":
    ///     rules: [{name: rate, rate_limit: 60/minute}]
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// default: deny
    /// tools:
    ///   list_jobs: {rules: []}
    ///   "*":
    ///     rules: [{name: rate, rate_limit: 60/minute}]
    /// ```
    "wildcard-misses-unlisted", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct MissesUnlisted {}

impl Facts for MissesUnlisted {
    fn message(&self) -> String {
        "`*` lists no tool, so that every call is denied by default and these rules are dead"
            .to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("list the tools that are to be called; `*` then holds for them".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let policy = context.policy;
    let denies = policy.dialect.is_intercept() && policy.default == Default::Deny;
    if let ([only], true) = (policy.tools.as_slice(), denies)
        && only.name == "*"
    {
        findings.add(&RULE, RULE.severity, Place::key(only.pointer.clone()), MissesUnlisted {});
    }
}
