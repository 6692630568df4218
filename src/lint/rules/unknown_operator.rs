use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds operators that do not exist.
    ///
    /// ## Why is this bad?
    /// The gateway refuses the policy.
    ///
    /// ## Example
    /// ```json
    /// {"path": "args.amount", "op": ">", "value": 100}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"path": "args.amount", "op": "gt", "value": 100}
    /// ```
    "unknown-operator", Error, RuleCheck::Reading
}
