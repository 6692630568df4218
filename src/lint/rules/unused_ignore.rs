use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds comments, and entries under `ignores` of `gatelint.yaml`, that ignore a finding which is not there, and what would ignore a rule
    /// that may not be ignored. One whose rule did not run is passed over. Finds also patterns of files under `ignores`, `policies`, `statements`
    /// and `expect` that no file matches.
    ///
    /// ## Why is this bad?
    /// It hides the mistake when somebody makes it again. What names a file that moved does nothing for the file where it is now.
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
