//! One observation of a tool, as platforms that watch agents export them.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::reader::Calls;
use super::{argument_text, mcp_name};
use crate::trace::json;
use crate::trace::record::{CallResult, RecordArguments, parse_time};

/// How deep observations may lie within each other.
pub(in crate::trace) const MAX_DEPTH: usize = 16;

/// What an export says of the use of a tool.
pub(in crate::trace) struct Observation<'a> {
    pub(in crate::trace) name: Option<Cow<'a, str>>,
    pub(in crate::trace) id: String,
    pub(in crate::trace) session: String,
    pub(in crate::trace) field: String,
    /// When it began; without a zone it is UTC.
    pub(in crate::trace) start: Option<&'a RawValue>,
    pub(in crate::trace) input: Option<&'a RawValue>,
    pub(in crate::trace) result: CallResult,
}

impl Observation<'_> {
    /// Gives the call out.
    ///
    /// # Errors
    /// It names no tool or has a time that is none, in words.
    pub(in crate::trace) fn give_out(self, calls: &mut Calls) -> Result<(), String> {
        let name = self.name.as_deref().filter(|name| !name.is_empty());
        let mut record = mcp_name::call(None, name.ok_or("a use of a tool that names no tool")?);
        let start = self.start.map(RawValue::get).filter(|start| *start != "null");
        record.time = start.map(|start| parse_time(&in_utc(start))).transpose()?;
        record.id = self.id.into();
        record.session = self.session.into();
        record.field = self.field.into();
        record.arguments = arguments(self.input);
        record.result = self.result;
        calls.push(record);
        Ok(())
    }
}

/// The JSON text of a time, in UTC where it has no zone.
pub(in crate::trace) fn in_utc(json: &str) -> Cow<'_, str> {
    let Some(text) = json.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return Cow::Borrowed(json);
    };
    let time = text.split_once(['T', ' ']).map_or("", |(_, time)| time);
    match time.contains(['Z', 'z', '+', '-']) || time.is_empty() {
        true => Cow::Borrowed(json),
        false => Cow::Owned(format!("\"{}Z\"", text.replacen(' ', "T", 1))),
    }
}

/// The arguments: an object, or its text, which LangChain puts into a field `input`.
fn arguments(input: Option<&RawValue>) -> RecordArguments<'static> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wrapped {
        input: String,
    }
    let wrapped: Option<Wrapped> = input.and_then(json::read_raw);
    match wrapped.map(|wrapped| argument_text::of_text(&wrapped.input)) {
        Some(RecordArguments::Json(text)) if text.starts_with('{') => RecordArguments::Json(text),
        _ => argument_text::of_json(input),
    }
}
