//! What the writers of all commands share: escaping, colours, tables, excerpts, JSON.

pub(in crate::report) mod escape;
pub(in crate::report) mod excerpt;
pub(in crate::report) mod json;
pub(in crate::report) mod json_text;
pub(in crate::report) mod style;
pub(in crate::report) mod table;
