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
mod diff_human;
mod diff_json;
mod escape;
mod excerpt;
mod json;
mod lint_human;
mod lint_json;
mod replay_human;
mod replay_json;
mod rule_text;
mod style;
mod table;

pub use access_annotations::{sarif, write_github};
pub use access_human::write_access;
pub use access_markdown::write_access_markdown;
pub use assert_human::{CheckedPolicy, write_assertions};
pub use assert_json::write_assertions_json;
pub use diff_human::{write_diff, write_documents};
pub use diff_json::write_diff_json;
pub use escape::escape;
pub use json::write_pretty as write_json;
pub use lint_human::{Notice, write_notices, write_summary};
pub use lint_json::{Unreadable, write_lint_json};
pub use replay_human::write_replay;
pub use replay_json::{write_decision, write_replay_json};
pub use rule_text::{write_rule, write_rules};
pub use style::{ColorChoice, Style};

/// The version of every JSON output; it grows when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;
