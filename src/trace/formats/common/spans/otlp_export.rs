//! An export of spans in OTLP/JSON.
//!
//! Source: <https://opentelemetry.io/docs/specs/otlp>.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Attributes, Event, SpanView, Spans};
use crate::trace::formats::common::json::list;
use crate::trace::formats::common::reader::Calls;
use crate::trace::json;
use crate::trace::record::{parse_nanoseconds, parse_object, parse_raw};

#[derive(Deserialize)]
struct Export<'a> {
    #[serde(
        borrow,
        default,
        rename = "resourceSpans",
        alias = "resource_spans",
        alias = "batches"
    )]
    resources: Vec<ResourceSpans<'a>>,
}

#[derive(Deserialize)]
struct ResourceSpans<'a> {
    #[serde(borrow)]
    resource: Option<Resource<'a>>,
    #[serde(
        borrow,
        default,
        rename = "scopeSpans",
        alias = "scope_spans",
        alias = "instrumentationLibrarySpans",
        alias = "instrumentation_library_spans"
    )]
    scopes: Vec<ScopeSpans<'a>>,
}

#[derive(Deserialize)]
struct Resource<'a> {
    #[serde(borrow)]
    attributes: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct ScopeSpans<'a> {
    #[serde(borrow, default)]
    spans: Vec<&'a RawValue>,
}

/// A span as OTLP/JSON has it; some writers spell its fields as protobuf does.
#[derive(Deserialize)]
struct SpanJson<'a> {
    #[serde(borrow, default, rename = "traceId", alias = "trace_id")]
    trace: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "spanId", alias = "span_id")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "parentSpanId", alias = "parent_span_id")]
    parent: Option<&'a RawValue>,
    #[serde(default)]
    name: String,
    kind: Option<Value>,
    #[serde(borrow, default, rename = "startTimeUnixNano", alias = "start_time_unix_nano")]
    start: Option<&'a RawValue>,
    #[serde(borrow)]
    attributes: Option<&'a RawValue>,
    #[serde(borrow)]
    events: Option<&'a RawValue>,
    status: Option<Value>,
}

#[derive(Deserialize)]
struct EventJson<'a> {
    #[serde(default)]
    name: String,
    #[serde(borrow)]
    attributes: Option<&'a RawValue>,
}

/// Takes the spans of an export. Those of metrics and logs have none, and no call.
///
/// # Errors
/// Why it is no export, in words.
pub(in crate::trace) fn take(
    json: &str,
    spans: &mut Spans,
    calls: &mut Calls,
) -> Result<(), String> {
    let export: Export<'_> = parse_object(json, "an OTLP export")?;
    for ResourceSpans { resource, scopes } in &export.resources {
        let resource = resource.as_ref().and_then(|resource| resource.attributes);
        let resource = Attributes::read(resource);
        for json in scopes.iter().flat_map(|scope| &scope.spans) {
            match parse_raw::<SpanJson<'_>>(json) {
                Ok(span) => spans.take(&span.view(), &resource, calls),
                Err(why) => calls.complain(calls.line, format!("a span: {why}")),
            }
        }
    }
    Ok(())
}

impl SpanJson<'_> {
    fn view(&self) -> SpanView<'_> {
        let status = self.status.as_ref().and_then(|status| status.get("code"));
        let events = list(self.events).into_iter();
        let events = events.filter_map(|json| {
            let event: EventJson<'_> = json::read_raw(json)?;
            Some(Event { name: event.name, attributes: Attributes::read(event.attributes) })
        });
        SpanView {
            trace: self.trace,
            id: self.id,
            parent: self.parent,
            name: &self.name,
            is_server: self
                .kind
                .as_ref()
                .is_some_and(|kind| *kind == 2 || kind == "SPAN_KIND_SERVER"),
            start: self.start.map_or(Ok(None), |start| parse_nanoseconds(start.get())),
            failed: status.is_some_and(|code| *code == 2 || code == "STATUS_CODE_ERROR"),
            attributes: Attributes::read(self.attributes),
            events: events.collect(),
        }
    }
}
