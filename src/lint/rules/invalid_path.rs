use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds condition paths that do not start with `args.` (or in Intercept policies `state.`).
    ///
    /// ## Why is this bad?
    /// The gateway refuses the policy: a path that leads nowhere would test nothing.
    ///
    /// ## Example
    /// ```json
    /// {"path": "amount", "op": "gt", "value": 100}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"path": "args.amount", "op": "gt", "value": 100}
    /// ```
    "invalid-path", Error, RuleCheck::Reading
}
