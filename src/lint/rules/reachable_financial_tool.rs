use crate::catalogue::Category;
use crate::lint::check::rule;
use crate::lint::finding::Findings;
use crate::lint::reachable::report_reachable;
use crate::lint::{Context, RuleCheck};

rule! {
    /// ## What it does
    /// Finds tools that move money and can be called.
    /// A tool that may only be called with chosen arguments is mentioned as information only.
    ///
    /// ## Why is this bad?
    /// Money that an agent has sent does not come back. PolicyLayer recommends to deny such tools until a person approves.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", "default": "deny", "tools": {"create_charge": {}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"version": "1", "default": "deny", "tools": {"create_charge": {"deny_if": [
    ///   {"conditions": [], "on_deny": "Requires human approval."}]}}}
    /// ```
    "reachable-financial-tool", Error, RuleCheck::Policy(check)
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let help = "deny the tool until a person approves, or allow only chosen arguments";
    report_reachable(&RULE, Category::Financial, help, context, findings);
}
