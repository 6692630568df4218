use crate::catalogue::Category;
use crate::lint::check::rule;
use crate::lint::finding::Findings;
use crate::lint::unbounded::report_unbounded;
use crate::lint::{Context, RuleCheck};

rule! {
    /// ## What it does
    /// Finds tools that run something and can be called without any limit on how often.
    ///
    /// ## Why is this bad?
    /// An agent in a loop, or one that was talked into it, runs the tool as fast as it can. PolicyLayer recommends 10 calls a minute for each grant.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", "default": "deny", "tools": {"run_job": {}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"version": "1", "default": "deny", "tools": {"run_job": {"limits": [
    ///   {"counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}
    /// ```
    "unbounded-execute-tool", Error, RuleCheck::Policy(check)
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    report_unbounded(&RULE, Category::Execute, context, findings);
}
