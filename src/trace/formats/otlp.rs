//! Spans of OpenTelemetry in OTLP/JSON, one export a line, as the file exporter of the collector
//! writes them.
//!
//! Sources: OTLP, <https://opentelemetry.io/docs/specs/otlp>; the semantic conventions for generative
//! AI and MCP, <https://opentelemetry.io/docs/specs/semconv/gen-ai>, as `fastmcp` 4.1 and
//! `pydantic-ai` 2.68 follow them; OpenInference, <https://github.com/Arize-ai/openinference>,
//! `openinference-semantic-conventions` 0.1.42.

use serde_json::Value;

use super::common::format::{FormatFacts, JSON, Units};
use super::common::reader::{Calls, Reader};
use super::common::spans::{Spans, otlp_export};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "otlp",
    description: "spans of OpenTelemetry or OpenInference in OTLP/JSON",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Exports::default()),
};

/// Finds the calls among spans.
#[derive(Debug, Default)]
struct Exports {
    spans: Spans,
}

/// Whether a unit is an export of spans.
fn recognises(unit: &Value) -> bool {
    unit.get("resourceSpans").or(unit.get("resource_spans")).is_some_and(Value::is_array)
}

impl Reader for Exports {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        otlp_export::take(unit, &mut self.spans, calls)
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.spans.finish(calls);
    }
}

#[cfg(test)]
mod tests;
