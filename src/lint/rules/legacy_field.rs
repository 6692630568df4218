use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds `action`, `reason` and `rate_limit` as older pages describe them: beside the rules of a tool, for all tools, or with a window in seconds.
    /// They are mended where they have one meaning; a window of 30 seconds or a week has none.
    ///
    /// ## Why is this bad?
    /// They are not part of version 1, and Intercept passes over them. A rule written with them protects nothing.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"delete_user": {"action": "deny", "reason": "too dangerous"}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"tools": {"delete_user": {"deny_if": [{"conditions": [], "on_deny": "too dangerous"}]}}}
    /// ```
    ///
    /// or `"hide": ["delete_user"]`; and for `rate_limit` an entry of `limits`. In Intercept both are rules:
    ///
    /// ```yaml
    /// delete_user: {rules: [{name: no deletes, action: deny, on_deny: too dangerous}]}
    /// create_user: {rules: [{name: slowly, rate_limit: 10/minute}]}
    /// ```
    "legacy-field", Error, RuleCheck::Reading
}
