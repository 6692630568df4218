//! What was found, decided or changed, written for people or for machines: one writer a file.
//!
//! Only here facts become words, and everything that comes from a policy, a trace or a tool list
//! is escaped on its way out.

mod access;
mod assert;
mod catalogue;
mod common;
mod diff;
mod explain;
mod export;
mod init;
mod lint;
mod policy;
mod replay;
mod rule;
mod trace;

pub use access::annotations::{access_sarif, write_access_github};
pub use access::human::write_access;
pub use access::markdown::write_access_markdown;
pub use assert::human::{CheckedPolicy, write_assertions};
pub use assert::json::write_assertions_json;
pub use catalogue::check::{Checked, write_check, write_check_json, write_lock_json};
pub use catalogue::human::{
    write_found_tools, write_server, write_server_list, write_tool_explanation,
};
pub use catalogue::json::{
    Explanation, ServerLine, write_record_json, write_records_json, write_server_list_json,
    write_tool_explanation_json,
};
pub use common::escape::escape;
pub use common::json::write_pretty as write_json;
pub use common::style::{ColorChoice, Style};
pub use diff::human::{write_diff, write_documents, write_text_diff};
pub use diff::json::write_diff_json;
pub use explain::human::write_explanation;
pub use explain::json::write_explanation_json;
pub use export::{Enforcer, export_text, write_export_json, write_losses};
pub use init::human::{Begun, write_begun, write_what_if};
pub use init::json::write_begun_json;
pub use lint::concise::write_concise;
pub use lint::github::write_github;
pub use lint::gitlab::write_code_quality;
pub use lint::human::{Notice, write_lint, write_notices};
pub use lint::json::{write_lint_json, write_lint_jsonl};
pub use lint::junit::write_junit;
pub use lint::linted::{Linted, Unreadable};
pub use lint::markdown::write_markdown;
pub use lint::sarif::write_sarif;
pub use policy::policy_text;
pub use replay::decision::write_decision;
pub use replay::human::write_replay;
pub use replay::json::write_replay_json;
pub use replay::junit::write_replay_junit;
pub use replay::markdown::write_replay_markdown;
pub use replay::report::ReplayReport;
pub use replay::rows::{write_replay_csv, write_replay_jsonl};
pub use rule::{write_rule, write_rules};
pub use trace::human::write_stats;
pub use trace::json::write_stats_json;
pub use trace::record::write_record;

/// The version of every JSON output; it grows when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;
