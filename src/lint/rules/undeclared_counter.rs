use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds conditions on `state.<tool>.<counter>` where no rule of that tool declares the counter (Intercept). A tool whose name has a dot can have no counters at all.
    ///
    /// ## Why is this bad?
    /// Intercept refuses the policy.
    ///
    /// ## Example
    /// ```yaml
    /// conditions: [{path: state.run_job.rate, op: lte, value: 10}]
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// conditions: [{path: state.run_job.rate, op: lte, value: 10}]
    /// state: {counter: rate, window: minute}
    /// ```
    "undeclared-counter", Error, RuleCheck::Reading
}
