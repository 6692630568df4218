//! The words of `diff`.

pub(in crate::report) mod human;
pub(in crate::report) mod json;
