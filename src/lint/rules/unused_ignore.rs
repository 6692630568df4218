use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds comments, and entries under `ignores` of `gatelint.yaml`, that ignore a finding which is not there.
    /// One whose rule did not run is passed over.
    ///
    /// ## Why is this bad?
    /// It hides the mistake when somebody makes it again.
    ///
    /// ## Example
    /// ```yaml
    /// default: deny  # gatelint: ignore[default-allow] we list tools later
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// default: deny
    /// ```
    "unused-ignore", Warning, RuleCheck::Ignores
}
