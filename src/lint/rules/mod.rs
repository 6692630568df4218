//! The table of rules: one file a rule, and nothing else to edit for a new one but this list.

use super::Rule;

macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// Every rule, by name.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

rules![
    burst_window,
    contradictory_conditions,
    default_allow,
    duplicate_counter,
    duplicate_key,
    extra_document,
    hidden_and_listed,
    invalid_hide,
    invalid_path,
    invalid_rate_limit,
    invalid_regex,
    invalid_rule,
    invalid_value,
    json_comment,
    legacy_field,
    literal_wildcard,
    loose_limit,
    missing_argument_bypass,
    missing_default,
    missing_field,
    non_positive_limit,
    not_a_policy,
    reachable_destructive_tool,
    reachable_financial_tool,
    string_number_bypass,
    syntax_error,
    unanchored_regex,
    unbounded_execute_tool,
    unbounded_write_tool,
    undeclared_counter,
    unknown_field,
    unknown_operator,
    unknown_scope,
    unknown_tool,
    unknown_window,
    unlisted_risky_tool,
    unreachable_limit,
    unsupported_version,
    unvalidated_execute_argument,
];

/// The rule of a name.
pub fn rule_named(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_are_unique() {
        assert!(RULES.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn every_rule_says_what_why_and_what_instead() {
        for rule in RULES {
            for heading in
                ["## What it does", "## Why is this bad?", "## Example", "## Use instead"]
            {
                assert!(rule.doc.contains(heading), "{} lacks {heading:?}", rule.name);
            }
            assert!(!rule.summary().is_empty() && !rule.summary().contains('#'), "{}", rule.name);
        }
    }
}
