use serde::Serialize;

use crate::lint::finding::{Facts, Findings};
use crate::lint::rule::rule;
use crate::lint::{Context, RuleCheck};
use crate::policy::Default;
use crate::source::{Place, Pointer};

rule! {
    /// ## What it does
    /// Finds policies whose default is to allow.
    ///
    /// ## Why is this bad?
    /// A tool that the policy does not list may be called without any rule: also one that the server adds tomorrow, or one whose name was misspelt in the policy.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", "default": "allow", "tools": {"run_job": {}}}
    /// ```
    ///
    /// ## Use instead
    /// `"default": "deny"`, and an entry under `tools` for every tool that is to be called; `{}` allows one without rules.
    "default-allow", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct DefaultAllow {
    listed: usize,
}

impl Facts for DefaultAllow {
    fn message(&self) -> String {
        "tools that the policy does not list may be called without any rule".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("deny by default and list the tools that are to be called".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    // A policy that hides everything has nothing left to allow.
    let hides_all = context.policy.hide.iter().any(|hidden| hidden.name == "*");
    if context.policy.default == Default::Allow && !hides_all {
        let place = Place::value(Pointer::root().key("default"));
        let facts = DefaultAllow { listed: context.policy.tools.len() };
        findings.add(&RULE, RULE.severity, place, facts);
    }
}
