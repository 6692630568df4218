use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds comments that were meant to ignore findings and name no rule, or one that does not exist.
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
