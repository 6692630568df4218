//! What of a trace was not read, for machines.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::trace::{PassedOver, UnknownFields};

#[derive(Serialize)]
pub(in crate::report) struct JsonPassedOver<'a> {
    file: &'a str,
    reason: &'a str,
}

impl<'a> From<&'a PassedOver> for JsonPassedOver<'a> {
    fn from(passed: &'a PassedOver) -> JsonPassedOver<'a> {
        JsonPassedOver { file: &passed.file, reason: &passed.reason }
    }
}

/// The fields by name, with their numbers of lines.
pub(in crate::report) fn fields(unknown: &UnknownFields) -> BTreeMap<&str, u64> {
    unknown.iter().collect()
}
