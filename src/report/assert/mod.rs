//! The words of `assert`.

pub(in crate::report) mod human;
pub(in crate::report) mod json;
