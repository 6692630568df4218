//! The words of `init`.

mod human;
mod json;

pub use human::{Begun, write_begun, write_what_if};
pub use json::write_begun_json;
