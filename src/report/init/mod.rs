//! The words of `init`.

mod human;
mod json;

pub use human::{Begun, write_begun};
pub use json::{write_begun_all_json, write_begun_json};
