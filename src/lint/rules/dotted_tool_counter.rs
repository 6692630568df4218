use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds conditions and rate limits of Intercept policies on a counter of a tool whose name has a dot.
    ///
    /// ## Why is this bad?
    /// Intercept splits `state.files.read.calls` at the first dots and looks for a tool called `files`. It does not find the counter and refuses the policy.
    ///
    /// ## Example
    /// ```yaml
    /// tools:
    ///   files.read:
    ///     rules: [{name: rate, rate_limit: 10/minute}]
    /// ```
    ///
    /// ## Use instead
    /// A counter for all tools, or a server that calls the tool `files_read`:
    ///
    /// ```yaml
    /// tools:
    ///   files.read: {rules: []}
    ///   "*":
    ///     rules: [{name: rate, rate_limit: 10/minute}]
    /// ```
    "dotted-tool-counter", Error, RuleCheck::Reading
}
