//! What a policy lets pass that another one refused, for every command that compares access.

mod annotations;
pub(super) mod github;
mod human;
pub(super) mod json;
pub(super) mod markdown;
pub(super) mod sarif;
pub(super) mod words;

pub use github::write_access_github;
pub use human::write_access;
pub use markdown::write_access_markdown;
pub use sarif::access_sarif;
