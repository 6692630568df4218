use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds regular expressions that RE2 refuses: lookaround, backreferences, repeats over 1000, unbalanced brackets.
    ///
    /// ## Why is this bad?
    /// The gateway refuses the policy.
    ///
    /// ## Example
    /// ```json
    /// {"path": "args.branch", "op": "regex", "value": "^(?!main$)"}
    /// ```
    ///
    /// ## Use instead
    /// An operator that says it, or a pattern without lookaround:
    ///
    /// ```json
    /// {"path": "args.branch", "op": "neq", "value": "main"}
    /// ```
    "invalid-regex", Error, RuleCheck::Reading
}
