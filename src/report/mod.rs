//! What was found, decided or changed, written for people or for machines: one writer a file.
//!
//! Only here facts become words, and everything that comes from a policy, a trace or a tool list
//! is escaped on its way out.

mod access_annotations;
mod access_human;
mod access_json;
mod access_markdown;
mod access_words;
mod assert_human;
mod assert_json;
mod catalogue_check;
mod catalogue_human;
mod catalogue_json;
mod decision_json;
mod diff_human;
mod diff_json;
mod escape;
mod excerpt;
mod explain_human;
mod explain_json;
mod export;
mod init_human;
mod init_json;
mod json;
mod json_text;
mod lint_code_quality;
mod lint_concise;
mod lint_github;
mod lint_human;
mod lint_json;
mod lint_junit;
mod lint_markdown;
mod lint_sarif;
mod linted;
mod policy;
mod policy_intercept;
mod policy_v1;
mod predicate;
mod record_json;
mod replay;
mod replay_human;
mod replay_json;
mod replay_junit;
mod replay_markdown;
mod replay_recorded;
mod replay_recorded_json;
mod replay_rows;
mod replay_timeline;
mod rule_text;
mod stats_human;
mod stats_json;
mod style;
mod table;

pub use access_annotations::{access_sarif, write_access_github};
pub use access_human::write_access;
pub use access_markdown::write_access_markdown;
pub use assert_human::{CheckedPolicy, write_assertions};
pub use assert_json::write_assertions_json;
pub use catalogue_check::{Checked, write_check, write_check_json, write_lock_json};
pub use catalogue_human::{
    write_found_tools, write_server, write_server_list, write_tool_explanation,
};
pub use catalogue_json::{
    Explanation, ServerLine, write_record_json, write_records_json, write_server_list_json,
    write_tool_explanation_json,
};
pub use decision_json::write_decision;
pub use diff_human::{write_diff, write_documents, write_text_diff};
pub use diff_json::write_diff_json;
pub use escape::escape;
pub use explain_human::write_explanation;
pub use explain_json::write_explanation_json;
pub use export::{Enforcer, export_text, write_export_json, write_losses};
pub use init_human::{Begun, write_begun, write_what_if};
pub use init_json::write_begun_json;
pub use json::write_pretty as write_json;
pub use lint_code_quality::write_code_quality;
pub use lint_concise::write_concise;
pub use lint_github::write_github;
pub use lint_human::{Notice, write_lint, write_notices};
pub use lint_json::{write_lint_json, write_lint_jsonl};
pub use lint_junit::write_junit;
pub use lint_markdown::write_markdown;
pub use lint_sarif::write_sarif;
pub use linted::{Linted, Unreadable};
pub use policy::policy_text;
pub use record_json::write_record;
pub use replay::ReplayReport;
pub use replay_human::write_replay;
pub use replay_json::write_replay_json;
pub use replay_junit::write_replay_junit;
pub use replay_markdown::write_replay_markdown;
pub use replay_rows::{write_replay_csv, write_replay_jsonl};
pub use rule_text::{write_rule, write_rules};
pub use stats_human::write_stats;
pub use stats_json::write_stats_json;
pub use style::{ColorChoice, Style};

/// The version of every JSON output; it grows when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;
