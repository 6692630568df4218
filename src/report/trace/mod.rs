//! The words of `trace`, and records in our own notation.

mod human;
mod json;
mod record;
mod report;

pub use human::write_stats;
pub use json::write_stats_json;
pub use record::write_record;
pub use report::StatsReport;
