//! What a policy lets pass that another one refused, for every command that compares access.

mod annotations;
mod github;
mod human;
pub(super) mod json;
mod markdown;
mod sarif;
pub(super) mod words;

pub use github::write_access_github;
pub use human::write_access;
pub use markdown::write_access_markdown;
pub use sarif::access_sarif;
