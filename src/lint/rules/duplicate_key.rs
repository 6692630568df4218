use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds keys that stand twice in one object.
    ///
    /// ## Why is this bad?
    /// YAML readers refuse the file. JSON readers keep one of the two in silence, most the last one, so a rule that everybody can see may not be in force.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"run_job": {"limits": []}, "run_job": {}}}
    /// ```
    ///
    /// ## Use instead
    /// One entry for each key, with the parts of both.
    "duplicate-key", Error, RuleCheck::Reading
}
