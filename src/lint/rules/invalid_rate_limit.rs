use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds `rate_limit` values that are not a count, a slash and a window (Intercept).
    ///
    /// ## Why is this bad?
    /// Intercept refuses the policy.
    ///
    /// ## Example
    /// ```yaml
    /// rate_limit: 10 per minute
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// rate_limit: 10/minute
    /// ```
    "invalid-rate-limit", Error, RuleCheck::Reading
}
