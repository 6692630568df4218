//! The words of `catalogue`.

pub(in crate::report) mod check;
pub(in crate::report) mod human;
pub(in crate::report) mod json;
