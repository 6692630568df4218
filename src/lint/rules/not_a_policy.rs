use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds files that were named on the command line and are not policies, such as a server's tool list.
    ///
    /// ## Why is this bad?
    /// Nothing was checked, though a check was asked for.
    ///
    /// ## Example
    /// ```json
    /// {"tools": [{"name": "run_job"}]}
    /// ```
    ///
    /// ## Use instead
    /// The policy's own path. In folders, files that are not policies are passed over.
    "not-a-policy", Error, RuleCheck::Reading
}
