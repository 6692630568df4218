use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds `action`, `reason` and `rate_limit` in version 1 policies, as older pages describe them.
    ///
    /// ## Why is this bad?
    /// They are not part of version 1. A rule written with them protects nothing.
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
    /// or `"hide": ["delete_user"]`; and for `rate_limit` an entry of `limits`.
    "legacy-field", Error, RuleCheck::Reading
}
