//! The words of `init`.

mod approvals;
mod human;
mod json;

pub use approvals::{Proposed, settings_text, write_proposed, write_proposed_json};
pub use human::{Begun, write_begun};
pub use json::{write_begun_all_json, write_begun_json};
