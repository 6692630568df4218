//! One recorded call, and our own notation for it: one JSON object a line.

mod call;
mod grant_by;
mod json;
mod mapping;
mod parse;
mod redact;
mod timestamp;
mod write;

pub use crate::engine::CallResult;
pub use call::{Permitted, Record, RecordArguments, Toolset};
pub use grant_by::GrantBy;
pub use mapping::{FieldMap, FieldMapping, Unmapped};
pub use parse::parse;
pub use redact::Redaction;
pub use timestamp::parse_time;
pub use write::write_record;

pub(super) use json::{
    describe, field_text, is_object, parse_json, parse_object, parse_raw, parse_raw_object, quoted,
    text_of,
};
pub(super) use mapping::AS_IT_STANDS;
pub(super) use parse::string_of;
pub(super) use timestamp::{MinuteCache, parse_milliseconds, parse_nanoseconds, time_at};
