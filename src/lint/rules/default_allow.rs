use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
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
    /// Whether rules for all tools apply to what is not listed.
    ruled: bool,
}

impl Facts for DefaultAllow {
    fn message(&self) -> String {
        let rules =
            if self.ruled { "only under the rules of all tools" } else { "without any rule" };
        format!("tools that the policy does not list may be called {rules}")
    }

    fn help(&self) -> Option<String> {
        Some("deny by default and list the tools that are to be called".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    if context.policy.default == Default::Allow && context.unlisted_is_reachable() {
        let place = Place::value(Pointer::root().key("default"));
        let all_tools = &context.policy.all_tools;
        let facts = DefaultAllow {
            listed: context.policy.tools.iter().filter(|tool| tool.name != "*").count(),
            ruled: !(all_tools.checks.is_empty() && all_tools.limits.is_empty()),
        };
        findings.add(&RULE, RULE.severity, place, facts);
    }
}
