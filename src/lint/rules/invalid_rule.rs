use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds rules whose parts do not go together: no name, an unknown action, no conditions to evaluate, conditions beside `action: deny`, a rate limit beside conditions (Intercept).
    ///
    /// ## Why is this bad?
    /// Intercept refuses the policy.
    ///
    /// ## Example
    /// ```yaml
    /// - name: no deletes
    ///   action: deny
    ///   conditions: [{path: args.force, op: eq, value: true}]
    /// ```
    ///
    /// ## Use instead
    /// A rule that evaluates the opposite; a call without the argument is then denied too:
    ///
    /// ```yaml
    /// - name: no forced deletes
    ///   conditions: [{path: args.force, op: neq, value: true}]
    /// ```
    "invalid-rule", Error, RuleCheck::Reading
}
