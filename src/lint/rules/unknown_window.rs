use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds windows other than `minute`, `hour` and `day`.
    ///
    /// ## Why is this bad?
    /// The gateway refuses the policy; a limit in a window that does not exist would bound nothing.
    ///
    /// ## Example
    /// ```json
    /// {"counter": "run_job_rate", "window": "minutes", "max": 10, "scope": "grant"}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant"}
    /// ```
    "unknown-window", Error, RuleCheck::Reading
}
