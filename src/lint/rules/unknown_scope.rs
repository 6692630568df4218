use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds scopes other than `grant`.
    ///
    /// ## Why is this bad?
    /// `grant` is the only scope there is: each grant has a counter of its own.
    ///
    /// ## Example
    /// ```json
    /// {"counter": "run_job_rate", "window": "minute", "max": 10, "scope": "user"}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant"}
    /// ```
    "unknown-scope", Error, RuleCheck::Reading
}
