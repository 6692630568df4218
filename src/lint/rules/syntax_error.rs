use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds files that cannot be read to their end: broken JSON or YAML, text that is not UTF-8, an empty file, nesting without end, aliases that expand without end.
    ///
    /// ## Why is this bad?
    /// The gateway cannot load the policy, and nothing behind the broken place has been checked.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", "default": deny}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"version": "1", "default": "deny"}
    /// ```
    "syntax-error", Error, RuleCheck::Reading
}
