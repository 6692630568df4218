//! What was found, decided or changed, written for people or for machines: one writer a file.
//!
//! Only here facts become words, and everything that comes from a policy, a trace or a tool list
//! is escaped on its way out.

mod access;
mod assert;
mod catalogue;
mod common;
mod convert;
mod coverage;
mod diff;
mod explain;
mod html;
mod init;
mod lint;
mod permissions;
mod policy;
mod replay;
mod rule;
mod test;
mod trace;

pub use access::{
    Comparison, access_sarif, policy_title, write_access, write_access_github,
    write_access_markdown,
};
pub use assert::{
    Assertions, CheckedPolicy, assertions_sarif, write_assertions, write_assertions_github,
    write_assertions_json, write_assertions_junit, write_assertions_markdown,
};
pub use catalogue::{
    Checked, Explanation, ServerLine, write_check, write_check_json, write_found_tools,
    write_imported_json, write_lock_json, write_record_json, write_record_lines,
    write_records_json, write_server, write_server_list, write_server_list_json,
    write_tool_explanation, write_tool_explanation_json, write_warnings,
};
pub use common::command;
pub use common::credentials::without_credentials;
pub use common::detail::Detail;
pub use common::escape::{escape, without_commands};
#[cfg(feature = "mcp")]
pub use common::json::write_line as write_json_line;
pub use common::json::write_pretty as write_json;
pub use common::markdown::Comment;
pub use common::markdown::code as markdown_code;
pub use common::secrets::Secrets;
pub use common::style::{ColorChoice, Style};
pub use common::uri::uri_encoded;
pub use common::words::{by_number, count, cut};
pub use common::wrap::fit;
pub use convert::{
    ConvertLoss, agent_text, losses_of_agent, losses_of_gateway, write_compared,
    write_converted_json, write_losses, write_named,
};
pub use coverage::{CoverageReport, CoveredPolicy, percent_covered, write_lcov};
pub use diff::{write_diff, write_diff_html, write_diff_json, write_documents, write_text_diff};
pub use explain::{write_explanation, write_explanation_json};
pub use init::{
    Begun, Proposed, settings_text, write_begun, write_begun_all_json, write_begun_json,
    write_proposed, write_proposed_json,
};
pub use lint::{
    Linted, Notice, PassedOver, Unreadable, write_code_quality, write_concise, write_files,
    write_github, write_junit, write_lint, write_lint_html, write_lint_json, write_lint_jsonl,
    write_markdown, write_notices, write_sarif, write_statistics, write_statistics_json,
};
pub use permissions::write_permissions;
pub use policy::policy_text;
pub use replay::{
    PartitionReport, ReplayReport, write_decision, write_partition_key, write_partition_key_json,
    write_replay, write_replay_csv, write_replay_html, write_replay_json, write_replay_jsonl,
    write_replay_junit, write_replay_markdown, write_replay_part,
};
pub use rule::{write_rule, write_rules};
pub use test::{
    BrokenTest, FailedCase, Heading, Mutants, TestMistake, TestReport, TestedFile, TestedSet,
    write_test_file, write_tests, write_tests_github, write_tests_html, write_tests_json,
    write_tests_junit, write_tests_markdown, write_tests_tap,
};
pub use trace::{StatsReport, write_record, write_stats, write_stats_json};

/// The version of every JSON output; it grows when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;
