use crate::catalogue::Category;
use crate::lint::check::rule;
use crate::lint::finding::Findings;
use crate::lint::unbounded::report_unbounded;
use crate::lint::{Context, RuleCheck};

rule! {
    /// ## What it does
    /// Finds tools that change data and can be called without any limit on how often.
    ///
    /// ## Why is this bad?
    /// An agent in a loop changes a great many things before anybody looks. PolicyLayer recommends 30 calls a minute for each grant.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", "default": "deny", "tools": {"update_host": {}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"version": "1", "default": "deny", "tools": {"update_host": {"limits": [
    ///   {"counter": "update_host_rate", "window": "minute", "max": 30, "scope": "grant"}]}}}
    /// ```
    "unbounded-write-tool", Warning, RuleCheck::Policy(check)
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    report_unbounded(&RULE, Category::Write, context, findings);
}
