//! The table of rules: one file a rule, and nothing else to edit for a new one but this list.

use std::collections::HashSet;

use super::check::RuleCheck;
use super::house::HouseRule;
use super::rule::Rule;
use super::settings::Settings;
use crate::source::nearest;

macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// Every rule, by name.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];

        /// How each rule is checked, in the same order.
        static CHECKS: &[RuleCheck] = &[$($module::CHECK),*];
    };
}

rules![
    always_denies,
    always_true_condition,
    amount_buys_quota,
    amount_overflow,
    annotation_contradicts_name,
    argument_type_mismatch,
    broad_allow,
    burst_window,
    bypassable_allow_list,
    bypassable_deny_list,
    contradictory_conditions,
    counter_name_mismatch,
    counter_never_counts,
    dead_limit,
    dead_rule,
    default_allow,
    dotted_tool_counter,
    duplicate_counter,
    duplicate_key,
    duplicate_rule,
    equivalent_tool_open,
    evaded_deny,
    expired_ignore,
    extra_document,
    file_dropped,
    glob_in_name,
    hidden_and_listed,
    index_in_path,
    invalid_hide,
    invalid_ignore,
    invalid_path,
    invalid_rate_limit,
    invalid_regex,
    invalid_rule,
    invalid_value,
    json_comment,
    legacy_field,
    lethal_trifecta,
    lookalike_tool_name,
    loose_limit,
    misanchored_path,
    missing_argument_bypass,
    missing_default,
    missing_example,
    missing_field,
    missing_message,
    narrow_allow,
    negation_on_missing_argument,
    non_positive_limit,
    not_a_policy,
    off_by_one_limit,
    partial_deny,
    printed_number_equality,
    reachable_destructive_tool,
    reachable_financial_tool,
    secret_in_policy,
    shadowed_rule,
    shared_counter_conflict,
    spend_not_replayed,
    stale_tool,
    string_number_bypass,
    syntax_error,
    unanchored_regex,
    unbounded_amount,
    unbounded_execute_tool,
    unbounded_write_tool,
    unconstrained_method,
    uncovered_tool,
    undeclared_counter,
    uninspected_arguments,
    unknown_argument,
    unknown_field,
    unknown_operator,
    unknown_scope,
    unknown_tool,
    unknown_window,
    unlisted_risky_tool,
    unreachable_limit,
    unreachable_tool,
    unread_file,
    unsupported_version,
    unused_ignore,
    unvalidated_execute_argument,
    value_not_in_schema,
    void_mode,
    weak_server_approval,
    wildcard_misses_unlisted,
];

/// The rule about comments that ignore nothing because they are wrong.
pub(super) const INVALID_IGNORE: &Rule = &invalid_ignore::RULE;

/// The rule about ignores whose time is over.
pub(super) const EXPIRED_IGNORE: &Rule = &expired_ignore::RULE;

/// The rule about ignores that nothing needs.
pub(super) const UNUSED_IGNORE: &Rule = &unused_ignore::RULE;

/// The rule about what an agent does not take.
pub(super) const FILE_DROPPED: &Rule = &file_dropped::RULE;

pub(super) use unread_file::{not_covered, outside_rules};

/// The rule about what an agent, or nobody here, reads.
pub(super) const UNREAD_FILE: &Rule = &unread_file::RULE;

/// Every rule with how it is checked.
pub fn checks() -> impl Iterator<Item = (&'static Rule, RuleCheck)> {
    RULES.iter().copied().zip(CHECKS.iter().copied())
}

impl Default for Settings {
    /// The rules that run unless somebody asks for others, and nothing hidden.
    fn default() -> Settings {
        let off: HashSet<_> = RULES.iter().filter(|rule| !rule.on).map(|rule| rule.name).collect();
        Settings { off, ..Settings::every_rule() }
    }
}

/// Rules that once had names of their own, and where they are now.
const RENAMED: [(&str, &str); 1] = [("literal-wildcard", "glob-in-name")];

/// The rule that is meant by a name that none has, one of the house neither: one that was called so, else
/// the most like it.
pub fn nearest_rule(name: &str, house: &[HouseRule]) -> Option<&'static str> {
    let renamed = RENAMED.iter().find(|(old, _)| *old == name).map(|(_, new)| *new);
    renamed.or_else(|| nearest(name, all_rules(house).map(|rule| rule.name)))
}

/// Every rule, then those of a house.
pub fn all_rules(house: &[HouseRule]) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().chain(house.iter().map(|own| own.rule))
}

/// The rule of a name, which may be one of a house.
pub fn rule_among(name: &str, house: &[HouseRule]) -> Option<&'static Rule> {
    all_rules(house).find(|rule| rule.name == name)
}

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
    fn a_rule_that_has_another_name_now_is_found_by_the_old_one() {
        for (old, new) in RENAMED {
            assert!(rule_named(old).is_none() && rule_named(new).is_some(), "{old}");
            assert_eq!(nearest_rule(old, &[]), Some(new));
        }
        assert_eq!(nearest_rule("glob-in-nam", &[]), Some("glob-in-name"));
        assert_eq!(nearest_rule("xyz", &[]), None);
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
