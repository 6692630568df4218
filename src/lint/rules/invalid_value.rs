use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds values of the wrong type, or that are not among the few allowed ones.
    ///
    /// ## Why is this bad?
    /// The gateway refuses the policy, or reads another value than the one that was meant.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", "default": "denied"}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"version": "1", "default": "deny"}
    /// ```
    "invalid-value", Error, RuleCheck::Reading
}
