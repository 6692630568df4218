//! The words of `trace`, and records in our own notation.

mod human;
mod json;
mod record;

pub use human::write_stats;
pub use json::write_stats_json;
pub use record::write_record;
