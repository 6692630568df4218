//! The words of `explain`.

pub(in crate::report) mod human;
pub(in crate::report) mod json;
pub(in crate::report) mod predicate;
