//! The words of `assert`.

mod human;
mod json;

pub use human::{CheckedPolicy, write_assertions};
pub use json::write_assertions_json;
