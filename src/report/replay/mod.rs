//! The words of `replay`: one writer a format, all on the same summary.

mod decision;
mod html;
mod human;
pub(super) mod json;
mod junit;
mod markdown;
mod outcomes_json;
mod part;
mod partition_key;
mod recorded;
mod recorded_json;
mod report;
mod rows;
mod timeline;
mod what_if;

pub use decision::write_decision;
pub use html::write_replay_html;
pub use human::write_replay;
pub use json::write_replay_json;
pub use junit::write_replay_junit;
pub use markdown::write_replay_markdown;
pub use part::write_replay_part;
pub use partition_key::{PartitionReport, write_partition_key, write_partition_key_json};
pub use report::ReplayReport;
pub use rows::{write_replay_csv, write_replay_jsonl};
