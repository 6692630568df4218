//! What a policy lets pass that another one refused, for every command that compares access.

pub(in crate::report) mod annotations;
pub(in crate::report) mod human;
pub(in crate::report) mod json;
pub(in crate::report) mod markdown;
pub(in crate::report) mod words;
