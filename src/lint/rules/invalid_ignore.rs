use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds comments that were meant to ignore findings and name no rule, or one that does not exist.
    ///
    /// Finds also those whose `expires:` is followed by no day, and those that do not say why where `require-ignore-reasons` of `gatelint.yaml` is set.
    ///
    /// ## Why is this bad?
    /// The comment does nothing, and whoever reads it believes that it does.
    ///
    /// ## Example
    /// ```yaml
    /// run_job: {}  # gatelint: ignore[unbounded-tool] the server has its own limit
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// run_job: {}  # gatelint: ignore[unbounded-execute-tool] the server has its own limit
    /// ```
    "invalid-ignore", Warning, RuleCheck::Ignores
}
