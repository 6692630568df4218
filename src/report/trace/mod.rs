//! The words of `trace`, and records in our own notation.

pub(in crate::report) mod human;
pub(in crate::report) mod json;
pub(in crate::report) mod record;
