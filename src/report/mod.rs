//! What was found, decided or changed, written for people or for machines: one writer a file.
//!
//! Only here facts become words, and everything that comes from a policy, a trace or a tool list
//! is escaped on its way out.

mod catalogue_check;
mod catalogue_human;
mod catalogue_json;
mod diff_human;
mod diff_json;
mod escape;
mod excerpt;
mod export;
mod init_human;
mod init_json;
mod json;
mod lint_human;
mod lint_json;
mod policy;
mod policy_intercept;
mod policy_v1;
mod replay_human;
mod replay_json;
mod rule_text;
mod style;
mod table;

pub use catalogue_check::{Checked, write_check, write_check_json, write_lock_json};
pub use catalogue_human::{write_explanation, write_found_tools, write_server, write_server_list};
pub use catalogue_json::{
    Explanation, ServerLine, write_explanation_json, write_record_json, write_records_json,
    write_server_list_json,
};
pub use diff_human::write_diff;
pub use diff_json::write_diff_json;
pub use escape::escape;
pub use export::{Enforcer, export_text, write_export_json, write_losses};
pub use init_human::{Begun, write_begun, write_what_if};
pub use init_json::write_begun_json;
pub use lint_human::{Notice, write_notices, write_summary};
pub use lint_json::{Unreadable, write_lint_json};
pub use policy::policy_text;
pub use replay_human::write_replay;
pub use replay_json::{write_decision, write_replay_json};
pub use rule_text::{write_rule, write_rules};
pub use style::{ColorChoice, Style};

/// The version of every JSON output; it grows when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;
