//! Markdown for comments on pull requests: names that stay names, and as much as a comment holds.

mod comment;
mod rows;
mod text;

pub use comment::Comment;
pub(in crate::report) use rows::{Column, Rank, Rows, Things};
pub use text::code;
pub(in crate::report) use text::{names, plain, prose, spans, tag};
