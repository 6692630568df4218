//! The words of `replay`: one writer a format, all on the same summary.

pub(in crate::report) mod decision;
pub(in crate::report) mod human;
pub(in crate::report) mod json;
pub(in crate::report) mod junit;
pub(in crate::report) mod markdown;
pub(in crate::report) mod recorded;
pub(in crate::report) mod recorded_json;
pub(in crate::report) mod report;
pub(in crate::report) mod rows;
pub(in crate::report) mod timeline;
