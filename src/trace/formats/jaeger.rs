//! Traces of Jaeger: what its user interface downloads, and what `/api/traces` answers.
//!
//! Source: <https://www.jaegertracing.io/docs/latest/architecture/apis>.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::list;
use super::common::reader::{Calls, Reader};
use super::common::spans::{Attributes, Event, SpanView, Spans};
use crate::trace::json;
use crate::trace::record::{parse_json, parse_nanoseconds, parse_object, parse_raw};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "jaeger",
    description: "traces of Jaeger",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Traces::default()),
};

/// Finds the calls in traces.
#[derive(Debug, Default)]
struct Traces {
    spans: Spans,
}

/// An answer, or a trace by itself.
#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow)]
    data: Option<Vec<Trace<'a>>>,
}

#[derive(Deserialize)]
struct Trace<'a> {
    #[serde(borrow, default)]
    spans: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    processes: HashMap<Cow<'a, str>, Process<'a>>,
}

#[derive(Default, Deserialize)]
struct Process<'a> {
    #[serde(borrow, rename = "serviceName")]
    service: Option<&'a RawValue>,
    #[serde(borrow)]
    tags: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Span<'a> {
    #[serde(borrow, rename = "traceID")]
    trace: Option<&'a RawValue>,
    #[serde(borrow, rename = "spanID")]
    id: Option<&'a RawValue>,
    #[serde(borrow, rename = "operationName", default)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    references: Option<&'a RawValue>,
    #[serde(borrow, rename = "startTime")]
    start: Option<&'a RawValue>,
    #[serde(borrow)]
    tags: Option<&'a RawValue>,
    #[serde(borrow)]
    logs: Option<&'a RawValue>,
    #[serde(borrow, rename = "processID", default)]
    process: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference<'a> {
    #[serde(borrow)]
    ref_type: Cow<'a, str>,
    #[serde(borrow, rename = "spanID")]
    span: &'a RawValue,
}

#[derive(Deserialize)]
struct Log<'a> {
    #[serde(borrow)]
    fields: Option<&'a RawValue>,
}

/// Whether a unit is an answer or a trace.
fn recognises(unit: &Value) -> bool {
    let is_trace = |trace: &Value| trace.get("traceID").is_some() && trace.get("spans").is_some();
    let data = unit.get("data").and_then(Value::as_array);
    is_trace(unit) || data.is_some_and(|traces| traces.iter().any(is_trace))
}

impl Reader for Traces {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let answer: Unit<'_> = parse_object(unit, "traces of Jaeger")?;
        match answer.data {
            Some(traces) => traces.iter().for_each(|trace| self.trace(trace, calls)),
            None => self.trace(&parse_json(unit)?, calls),
        }
        Ok(())
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.spans.finish(calls);
    }
}

impl Traces {
    fn trace(&mut self, trace: &Trace<'_>, calls: &mut Calls) {
        let none = Process::default();
        for json in &trace.spans {
            let span: Span<'_> = match parse_raw(json) {
                Ok(span) => span,
                Err(why) => {
                    calls.complain(calls.line, format!("a span: {why}"));
                    continue;
                }
            };
            let process = trace.processes.get(&span.process).unwrap_or(&none);
            let mut resource = Attributes::of_tags(process.tags);
            if let Some(service) = process.service {
                resource.add("service.name", service);
            }
            self.spans.take(&span.view(), &resource, calls);
        }
    }
}

impl Span<'_> {
    fn view(&self) -> SpanView<'_> {
        let attributes = Attributes::of_tags(self.tags);
        let parent = list(self.references).into_iter().find_map(|json| {
            let reference: Reference<'_> = json::read_raw(json)?;
            (reference.ref_type == "CHILD_OF").then_some(reference.span)
        });
        let events = list(self.logs).into_iter().filter_map(|json| {
            let log: Log<'_> = json::read_raw(json)?;
            let attributes = Attributes::of_tags(log.fields);
            // The name of an event is one of its fields.
            Some(Event { name: attributes.text("event").unwrap_or_default(), attributes })
        });
        SpanView {
            trace: self.trace,
            id: self.id,
            parent,
            name: &self.name,
            is_server: attributes.says("span.kind", "server"),
            start: self.start.map_or(Ok(None), |start| {
                let nanoseconds = format!("{}000", start.get().trim_matches('"'));
                parse_nanoseconds(&nanoseconds)
                    .map_err(|_| format!("`{}` is not a time in Unix microseconds", start.get()))
            }),
            failed: attributes.says("error", "true")
                || attributes.says("otel.status_code", "ERROR"),
            events: events.collect(),
            attributes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::{CallResult, Record};

    fn span(id: &str, parent: &str, more: &str, tags: &str) -> String {
        let parent = match parent {
            "" => String::new(),
            parent => format!(r#"{{"refType":"CHILD_OF","traceID":"t","spanID":"{parent}"}}"#),
        };
        format!(
            r#"{{"tags":[{{"key":"gen_ai.operation.name","type":"string","value":"execute_tool"}}{tags}],"references":[{parent}],"spanID":"{id}","traceID":"t","operationName":"execute_tool add","processID":"p","startTime":1772359202000250{more}}}"#
        )
    }

    fn read(spans: &[String]) -> Vec<Record<'static>> {
        let unit = format!(
            r#"{{"data":[{{"spans":[{}],"processes":{{"p":{{"serviceName":"shop","tags":[]}}}},"traceID":"t"}}]}}"#,
            spans.join(",")
        );
        calls_in(Traces::default(), Some("service.name"), &[unit])
    }

    #[test]
    fn spans_have_microseconds_tags_and_processes_and_nested_ones_are_one_call() {
        let arguments =
            r#",{"key":"gen_ai.tool.call.arguments","type":"string","value":"{\"a\":1}"}"#;
        let failed = r#",{"key":"error","type":"bool","value":true}"#;
        let calls = read(&[span("2", "1", "", failed), span("1", "", "", arguments)]);
        assert_eq!(calls.len(), 1);
        let call = &calls[0];
        assert_eq!((&*call.tool, &*call.client, &*call.field), ("add", "shop", "shop"));
        assert_eq!(
            (call.arguments.json(), call.result),
            (Some(r#"{"a":1}"#), CallResult::ToolError)
        );
        let time = call.time.unwrap();
        assert_eq!((time.seconds, time.nanoseconds), (1_772_359_202, 250_000));
    }

    #[test]
    fn what_happened_within_a_span_stands_in_its_logs() {
        let logs = r#","logs":[{"timestamp":1,"fields":[{"key":"event","value":"gen_ai.tool.message"},{"key":"content","value":"{\"a\":2}"}]}]"#;
        let calls = read(&[span("1", "", logs, "")]);
        assert_eq!(calls[0].arguments.json(), Some(r#"{"a":2}"#));
        let kind = r#",{"key":"span.kind","type":"string","value":"server"}"#;
        assert_eq!(read(&[span("1", "", "", kind)])[0].server, "shop");
    }

    #[test]
    fn a_time_that_is_none_is_told_of_and_costs_no_other_span() {
        let bad = span("1", "", "", "").replace("1772359202000250", "\"noon\"");
        let unit = format!(r#"{{"traceID":"t","spans":[{bad},{}]}}"#, span("2", "", "", ""));
        let (mut reader, mut calls) = (Traces::default(), Calls::default());
        reader.take(&unit, &mut calls).unwrap();
        reader.finish(&mut calls);
        assert!(calls.take_bad()[0].1.contains("Unix microseconds"));
        assert!(calls.pop().is_some() && calls.pop().is_none());
    }
}
