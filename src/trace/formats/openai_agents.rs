//! Traces of the OpenAI Agents SDK: what its spans export, one a line, or in the `data` of a batch.
//!
//! Source: `src/agents/tracing` of <https://github.com/openai/openai-agents-python>, version 0.24.
//! A call is a span of type `function`. Its input is recorded unless `trace_include_sensitive_data`
//! is off. Tools that the provider calls itself make no span.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::answer::Answer;
use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::Fields;
use super::common::reader::{Calls, Reader, all};
use super::common::{argument_text, mcp_name};
use crate::engine::Missing;
use crate::trace::record::{RecordArguments, parse_json, parse_object, parse_raw, time_at};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "openai-agents",
    description: "spans of the OpenAI Agents SDK",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Spans::default()),
};

/// How many traces are remembered; a trace goes before its spans.
const MAX_TRACES: usize = 4_096;

/// Finds the calls among spans.
#[derive(Debug, Default)]
struct Spans {
    traces: HashMap<String, Trace>,
    /// The ids of the traces, the oldest first.
    order: VecDeque<String>,
}

/// What a trace says of its spans.
#[derive(Debug)]
struct Trace {
    workflow: String,
    group: String,
    field: String,
}

#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow)]
    object: Option<Cow<'a, str>>,
    #[serde(borrow)]
    data: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct TraceJson<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    workflow_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    group_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct SpanJson<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    trace_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    started_at: Option<&'a RawValue>,
    #[serde(borrow)]
    span_data: &'a RawValue,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct SpanData<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    mcp_data: Option<McpData<'a>>,
}

#[derive(Deserialize)]
struct McpData<'a> {
    #[serde(borrow)]
    server: Option<Cow<'a, str>>,
}

/// Whether a unit is a trace, a span, or a batch of them.
fn recognises(unit: &Value) -> bool {
    let is_one = |unit: &Value| {
        let object = unit.get("object").and_then(Value::as_str);
        matches!(object, Some("trace" | "trace.span"))
    };
    let first = unit.get("data").and_then(Value::as_array).and_then(|data| data.first());
    is_one(unit) || first.is_some_and(is_one)
}

impl Reader for Spans {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        match read(unit)?.data {
            Some(batch) => all(batch.into_iter().map(|json| self.one(json.get(), calls))),
            None => self.one(unit, calls),
        }
    }
}

fn read(json: &str) -> Result<Unit<'_>, String> {
    parse_object(json, "a trace or a span")
}

impl Spans {
    fn one(&mut self, json: &str, calls: &mut Calls) -> Result<(), String> {
        match read(json)?.object.as_deref() {
            Some("trace") => self.trace(json, calls.field.as_deref()),
            Some("trace.span") => self.span(json, calls),
            _ => Ok(()),
        }
    }

    fn trace(&mut self, json: &str, field: Option<&str>) -> Result<(), String> {
        let trace: TraceJson<'_> = parse_json(json)?;
        let own = |text: Option<Cow<'_, str>>| text.unwrap_or_default().into_owned();
        let id = trace.id.into_owned();
        let field = field.and_then(|name| metadata(json, name)).unwrap_or_default();
        let (workflow, group) = (own(trace.workflow_name), own(trace.group_id));
        if self.traces.insert(id.clone(), Trace { workflow, group, field }).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > MAX_TRACES
            && let Some(oldest) = self.order.pop_front()
        {
            self.traces.remove(&oldest);
        }
        Ok(())
    }

    fn span(&self, json: &str, calls: &mut Calls) -> Result<(), String> {
        let span: SpanJson<'_> = parse_json(json)?;
        let data: SpanData<'_> = parse_raw(span.span_data)?;
        if data.kind != "function" {
            return Ok(());
        }
        let name = data.name.as_deref().ok_or("a function span that names no tool")?;
        let mut record = mcp_name::call(None, name);
        record.time = time_at(span.started_at)?;
        if let Some(server) = data.mcp_data.and_then(|mcp| mcp.server) {
            record.server = server.into_owned().into();
        }
        record.id = span.id.unwrap_or_default().into_owned().into();
        let trace_id = span.trace_id.unwrap_or_default();
        let trace = self.traces.get(&*trace_id);
        // Traces of one conversation have a group; without one, each is by itself.
        let group = trace.map(|trace| &trace.group).filter(|group| !group.is_empty());
        record.session = group.cloned().unwrap_or_else(|| trace_id.into_owned()).into();
        record.client = trace.map(|trace| trace.workflow.clone()).unwrap_or_default().into();
        let field = calls.field.as_deref().and_then(|name| metadata(json, name));
        let field = field.or_else(|| trace.map(|trace| trace.field.clone()));
        record.field = field.unwrap_or_default().into();
        record.arguments = match data.input {
            Some(_) => argument_text::of_json(data.input),
            None => RecordArguments::Unknown(Missing::UnrecordedArguments),
        };
        if let Some(error) = span.error {
            Answer::of_failure(Some(error)).settle(&mut record);
        }
        calls.push(record);
        Ok(())
    }
}

/// The text of a field of a trace or span, or of its metadata.
fn metadata(json: &str, name: &str) -> Option<String> {
    let fields = Fields::read(json);
    let metadata = fields.within("metadata");
    if metadata.has(name) { metadata.text(name) } else { fields.text(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::CallResult;
    use crate::trace::record::Record;

    fn calls(field: Option<&str>, units: &[&str]) -> Vec<Record<'static>> {
        calls_in(Spans::default(), field, units)
    }

    const TRACE: &str = r#"{"object":"trace","id":"t","workflow_name":"tidy","group_id":"chat-7","metadata":{"team":"red"}}"#;
    const SPAN: &str = r#"{"object":"trace.span","id":"s","trace_id":"t","started_at":"2026-03-01T10:00:00+00:00","span_data":{"type":"function","name":"add","input":"{\"a\": 1}","mcp_data":{"server":"notes"}},"error":null}"#;

    #[test]
    fn a_function_span_is_a_call_of_its_server_in_the_conversation_of_its_trace() {
        let call = calls(Some("team"), &[TRACE, SPAN]).remove(0);
        assert_eq!((&*call.tool, &*call.server, &*call.id), ("add", "notes", "s"));
        assert_eq!((&*call.session, &*call.client, &*call.field), ("chat-7", "tidy", "red"));
        assert_eq!(call.arguments, RecordArguments::Json(r#"{"a": 1}"#.into()));
        assert_eq!((call.time.unwrap().seconds, call.result), (1_772_359_200, CallResult::Ok));
        assert_eq!(calls(None, &[SPAN])[0].session, "t");
        let failed = SPAN.replace(r#""error":null"#, r#""error":{"message":"no"}"#);
        assert_eq!(calls(None, &[&failed])[0].result, CallResult::ToolError);
    }

    #[test]
    fn an_input_that_was_left_out_for_privacy_is_not_known() {
        let silent = SPAN.replace(r#""{\"a\": 1}""#, "null");
        let unknown = RecordArguments::Unknown(Missing::UnrecordedArguments);
        assert_eq!(calls(None, &[&silent])[0].arguments, unknown);
    }

    #[test]
    fn a_batch_stands_for_its_spans_and_a_bad_one_costs_no_other() {
        let other = r#"{"object":"trace.span","id":"a","span_data":{"type":"agent","name":"x"}}"#;
        let batch = format!(r#"{{"data":[{TRACE},{other},{SPAN}]}}"#);
        assert!(recognises(&serde_json::from_str(&batch).unwrap()));
        assert_eq!(calls(None, &[&batch])[0].session, "chat-7");
        let bad = SPAN.replace("2026-03-01", "some day");
        let batch = format!(r#"{{"data":[{bad},{SPAN},7]}}"#);
        let mut found = Calls::default();
        assert!(Spans::default().take(&batch, &mut found).unwrap_err().contains("the time is not"));
        assert!(found.pop().is_some());
        let why = Spans::default().take(r#"{"data":[7]}"#, &mut found).unwrap_err();
        assert!(why.contains("an object is expected"), "{why}");
    }
}
