use crate::catalogue::Category;
use crate::lint::check::rule;
use crate::lint::finding::Findings;
use crate::lint::reachable::report_reachable;
use crate::lint::{Context, RuleCheck};

rule! {
    /// ## What it does
    /// Finds tools that delete or overwrite and can be called.
    /// A tool that may only be called with chosen arguments is mentioned as information only.
    ///
    /// ## Why is this bad?
    /// What an agent deletes by mistake may be gone for good. PolicyLayer recommends to hide such tools.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", "default": "deny", "tools": {"delete_inventory": {}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"version": "1", "default": "deny", "hide": ["delete_inventory"]}
    /// ```
    "reachable-destructive-tool", Error, RuleCheck::Policy(check)
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let help = "hide the tool, or allow only chosen arguments";
    report_reachable(&RULE, Category::Destructive, help, context, findings);
}
