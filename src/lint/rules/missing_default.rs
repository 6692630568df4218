use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::defect_fix::missing_default;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::Default;
use crate::source::{Place, Pointer};

rule! {
    /// ## What it does
    /// Finds policies without `default`.
    ///
    /// ## Why is this bad?
    /// Version 1 requires it. Intercept takes a missing default for `allow`, so that every tool that is not listed may be called.
    ///
    /// ## Example
    /// ```yaml
    /// version: "1"
    /// tools:
    ///   run_job: {rules: []}
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// version: "1"
    /// default: deny
    /// tools:
    ///   run_job: {rules: []}
    /// ```
    "missing-default", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct MissingDefault {}

impl Facts for MissingDefault {
    fn message(&self) -> String {
        "the field `default` is missing, which means `allow`".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("add `default: deny`, so that tools that are not listed stay shut".to_owned())
    }
}

/// Version 1 without a default is found while the document is read, because it is invalid.
fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    if context.policy.default == Default::AllowUnwritten && context.unlisted_is_reachable() {
        // The key, if it is there without a value; else the start of the document.
        let place = Place::key(Pointer::root().key("default"));
        let fix = missing_default(&findings.editor());
        findings.add(&RULE, RULE.severity, place, MissingDefault {}).fixed_by(fix);
    }
}
