use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds files that are to be policies and are not, such as a server's tool list or the inside of `tools` alone.
    /// These are fragments of policies, files that were named on the command line, and those that `expect` of `gatelint.yaml` names.
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
    /// The policy's own path. In folders, files that are not even a part of a policy are passed over.
    "not-a-policy", Error, RuleCheck::Reading
}
