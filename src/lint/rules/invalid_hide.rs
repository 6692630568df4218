use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds entries of `hide` that are empty or stand twice (Intercept).
    ///
    /// ## Why is this bad?
    /// Intercept refuses the policy.
    ///
    /// ## Example
    /// ```yaml
    /// hide: [delete_job, delete_job]
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// hide: [delete_job]
    /// ```
    "invalid-hide", Error, RuleCheck::Reading
}
