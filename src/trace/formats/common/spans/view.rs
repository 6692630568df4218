//! A span as the reader of an export hands it on.

use serde_json::value::RawValue;

use super::attributes::Attributes;
use crate::engine::Timestamp;

/// What an export says of a span.
pub(in crate::trace) struct SpanView<'a> {
    pub(in crate::trace) trace: Option<&'a RawValue>,
    pub(in crate::trace) id: Option<&'a RawValue>,
    pub(in crate::trace) parent: Option<&'a RawValue>,
    pub(in crate::trace) name: &'a str,
    /// Whether it is the side of a server.
    pub(in crate::trace) is_server: bool,
    /// When it began.
    pub(in crate::trace) start: Result<Option<Timestamp>, String>,
    /// Whether it says that it failed.
    pub(in crate::trace) failed: bool,
    pub(in crate::trace) attributes: Attributes<'a>,
    pub(in crate::trace) events: Vec<Event<'a>>,
}

/// Something that happened within a span.
pub(in crate::trace) struct Event<'a> {
    pub(in crate::trace) name: String,
    pub(in crate::trace) attributes: Attributes<'a>,
}
