use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds required fields that are missing.
    ///
    /// ## Why is this bad?
    /// The gateway refuses the policy.
    ///
    /// ## Example
    /// ```json
    /// {"counter": "run_job_rate", "window": "minute", "max": 10}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant"}
    /// ```
    "missing-field", Error, RuleCheck::Reading
}
