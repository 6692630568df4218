use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds comments, and entries under `ignores` of `gatelint.yaml`, that ignore findings up to a day which is over.
    ///
    /// They ignore nothing any more. The day that is named is the last one, in UTC; `--now` says which day it is.
    ///
    /// ## Why is this bad?
    /// What was to be accepted for a while has become what nobody thinks of.
    ///
    /// ## Example
    /// ```yaml
    /// run_job: {}  # gatelint: ignore[unbounded-execute-tool] until the server has its limit, expires: 2020-06-30
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// run_job: {limits: [{counter: run_job_rate, window: minute, max: 5, scope: grant}]}
    /// ```
    "expired-ignore", Warning, RuleCheck::Ignores
}
