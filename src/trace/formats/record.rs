//! Our own record (schemas/trace.schema.json), one call a line.

use serde_json::Value;

use super::common::format::{FormatFacts, JSON, Units};
use super::common::reader::{Calls, Reader};
use crate::trace::record::GrantBy;

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "record",
    description: "gatelint's own record: one JSON object with `tool` a line",
    endings: JSON,
    repeats_calls: false,
    units: Units::Record(recognises),
    reader: || Box::new(Records),
};

fn recognises(unit: &Value) -> bool {
    unit.get("tool").is_some() && unit.get("jsonrpc").is_none()
}

/// Reads records that are units of a document instead of lines.
struct Records;

impl Reader for Records {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let grant_by = calls.field.clone().map_or(GrantBy::Grant, GrantBy::Field);
        let record = calls.map.parse(unit, &grant_by)?;
        calls.push(record.into_owned());
        Ok(())
    }
}
