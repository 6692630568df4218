use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds comments in JSON policies.
    ///
    /// ## Why is this bad?
    /// JSON has no comments; a gateway that reads strict JSON refuses the policy.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", // the only one
    ///  "default": "deny"}
    /// ```
    ///
    /// ## Use instead
    /// No comment, or the `on_deny` text of an entry, which people do get to see.
    "json-comment", Error, RuleCheck::Reading
}
