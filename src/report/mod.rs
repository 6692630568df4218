//! What was found, decided or changed, written for people or for machines: one writer a file.
//!
//! Only here facts become words, and everything that comes from a policy, a trace or a tool list
//! is escaped on its way out.

mod diff_human;
mod diff_json;
mod escape;
mod excerpt;
mod json;
mod lint_code_quality;
mod lint_concise;
mod lint_github;
mod lint_human;
mod lint_json;
mod lint_junit;
mod lint_markdown;
mod lint_sarif;
mod linted;
mod replay_human;
mod replay_json;
mod rule_text;
mod style;
mod table;

pub use diff_human::{write_diff, write_text_diff};
pub use diff_json::write_diff_json;
pub use escape::escape;
pub use lint_code_quality::write_code_quality;
pub use lint_concise::write_concise;
pub use lint_github::write_github;
pub use lint_human::{Notice, write_lint, write_notices};
pub use lint_json::{write_lint_json, write_lint_jsonl};
pub use lint_junit::write_junit;
pub use lint_markdown::write_markdown;
pub use lint_sarif::write_sarif;
pub use linted::{Linted, Unreadable};
pub use replay_human::write_replay;
pub use replay_json::{write_decision, write_replay_json};
pub use rule_text::{write_rule, write_rules};
pub use style::{ColorChoice, Style};

/// The version of every JSON output; it grows when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;
