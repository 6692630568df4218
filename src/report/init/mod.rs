//! The words of `init`.

pub(in crate::report) mod human;
pub(in crate::report) mod json;
