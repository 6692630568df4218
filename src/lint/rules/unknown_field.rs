use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds fields that the dialect does not know, and offers the nearest one that it knows.
    ///
    /// ## Why is this bad?
    /// A misspelt field does nothing. Intercept ignores it in silence: `defualt: deny` leaves the default at allow.
    ///
    /// ## Example
    /// ```yaml
    /// version: "1"
    /// defualt: deny
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// version: "1"
    /// default: deny
    /// ```
    "unknown-field", Error, RuleCheck::Reading
}
