//! The words of `diff`.

mod html;
mod human;
mod json;

pub use html::write_diff_html;
pub use human::{write_diff, write_documents, write_text_diff};
pub use json::write_diff_json;
