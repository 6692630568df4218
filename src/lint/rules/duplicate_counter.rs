use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds two limits of one tool with the same counter name and window (in Intercept policies: the same counter name).
    ///
    /// ## Why is this bad?
    /// They would share one counter, and each call would be counted twice; the gateway refuses the policy.
    ///
    /// ## Example
    /// ```json
    /// {"limits": [
    ///   {"counter": "rate", "window": "minute", "max": 10, "scope": "grant"},
    ///   {"counter": "rate", "window": "minute", "max": 5, "scope": "grant"}]}
    /// ```
    ///
    /// ## Use instead
    /// One limit, or two counters with names of their own.
    "duplicate-counter", Error, RuleCheck::Reading
}
