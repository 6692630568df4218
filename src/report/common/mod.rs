//! What the writers of all commands share: escaping, colours, tables, excerpts, JSON, lines that fit, small words.

pub mod command;
pub(super) mod credentials;
pub(super) mod detail;
pub(super) mod escape;
pub(super) mod excerpt;
pub(super) mod json;
pub(super) mod json_text;
pub(super) mod junit;
pub(super) mod markdown;
pub(super) mod secrets;
pub(super) mod style;
pub(super) mod table;
pub(super) mod unread;
pub(super) mod uri;
pub(super) mod words;
pub(super) mod wrap;
pub(super) mod yaml;
