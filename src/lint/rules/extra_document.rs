use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds YAML files with more than one document.
    ///
    /// ## Why is this bad?
    /// Only the first document is read. Rules in the others look as if they were in force and are not.
    ///
    /// ## Example
    /// ```yaml
    /// version: "1"
    /// default: deny
    /// ---
    /// tools: {}
    /// ```
    ///
    /// ## Use instead
    /// One document in each file.
    "extra-document", Warning, RuleCheck::Reading
}
