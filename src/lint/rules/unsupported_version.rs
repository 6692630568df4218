use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds versions other than `"1"`.
    ///
    /// ## Why is this bad?
    /// There is no other version; the gateway refuses the policy. In JSON the version is text.
    ///
    /// ## Example
    /// ```json
    /// {"version": 1, "default": "deny"}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"version": "1", "default": "deny"}
    /// ```
    "unsupported-version", Error, RuleCheck::Reading
}
