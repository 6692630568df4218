//! The words of `lint`: one writer a format, all on the same findings.

pub(in crate::report) mod concise;
pub(in crate::report) mod github;
pub(in crate::report) mod gitlab;
pub(in crate::report) mod human;
pub(in crate::report) mod json;
pub(in crate::report) mod junit;
pub(in crate::report) mod linted;
pub(in crate::report) mod markdown;
pub(in crate::report) mod sarif;
