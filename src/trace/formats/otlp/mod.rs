//! Spans of OpenTelemetry in OTLP/JSON, one export a line, as the file exporter of the collector
//! writes them.
//!
//! Sources: OTLP, <https://opentelemetry.io/docs/specs/otlp>; the semantic conventions for generative
//! AI and MCP, <https://opentelemetry.io/docs/specs/semconv/gen-ai>, as `fastmcp` 4.1 and
//! `pydantic-ai` 2.68 follow them; OpenInference, <https://github.com/Arize-ai/openinference>,
//! `openinference-semantic-conventions` 0.1.42.

mod span;
mod value;
mod window;

use serde::Deserialize;
use serde_json::value::RawValue;

use self::span::{Span, SpanJson};
use self::value::Attributes;
use self::window::Window;
use super::common::format::{FormatFacts, JSON, Units};
use super::common::reader::{Calls, Reader};
use crate::trace::record::{parse_json, parse_object, text_of};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "otlp",
    description: "spans of OpenTelemetry or OpenInference in OTLP/JSON",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Spans::default()),
};

/// Finds the calls among spans.
#[derive(Debug, Default)]
struct Spans {
    window: Window,
}

#[derive(Deserialize)]
struct Export<'a> {
    #[serde(borrow, default, rename = "resourceSpans", alias = "resource_spans")]
    resources: Vec<ResourceSpans<'a>>,
}

#[derive(Deserialize)]
struct ResourceSpans<'a> {
    #[serde(borrow)]
    resource: Option<Resource<'a>>,
    #[serde(borrow, default, rename = "scopeSpans", alias = "scope_spans")]
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

/// Whether a unit is an export of spans.
fn recognises(unit: &serde_json::Value) -> bool {
    unit.get("resourceSpans").or(unit.get("resource_spans")).is_some_and(|spans| spans.is_array())
}

impl Reader for Spans {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        // Exports of metrics and logs have no spans, and no call.
        let export: Export<'_> = parse_object(unit, "an OTLP export")?;
        let mut taken = Ok(());
        for ResourceSpans { resource, scopes } in &export.resources {
            let resource = resource.as_ref().and_then(|resource| resource.attributes);
            let resource = Attributes::read(resource);
            for json in scopes.iter().flat_map(|scope| &scope.spans) {
                // A bad span costs no other.
                taken = taken.and(self.span(json, &resource, calls));
            }
        }
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.window.finish(calls);
    }
}

impl Spans {
    fn span(
        &mut self,
        json: &RawValue,
        resource: &Attributes<'_>,
        calls: &mut Calls,
    ) -> Result<(), String> {
        let json: SpanJson<'_> = parse_json(json.get()).map_err(|why| format!("a span: {why}"))?;
        let mut span = Span::read(&json, resource, calls.field.as_deref())?;
        let text = |json: Option<&RawValue>| {
            json.map(|json| text_of(json.get()).into_owned()).filter(|text| !text.is_empty())
        };
        let trace = text(json.trace).unwrap_or_default();
        let id = text(json.id).ok_or("a span without a `spanId`")?;
        if let span::Role::Call(record) = &mut span.role {
            record.line = calls.line;
        }
        let key = self.window.key(&trace, &id);
        let parent = text(json.parent).map(|parent| self.window.key(&trace, &parent));
        self.window.push(span, key, parent, calls);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
