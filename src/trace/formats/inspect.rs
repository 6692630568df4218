//! Logs of Inspect AI in JSON: one document an evaluation, or one a sample.
//!
//! Source: `src/inspect_ai/event` and `src/inspect_ai/log` of
//! <https://github.com/UKGovernmentBEIS/inspect_ai>, version 0.3.285. A log in the format `eval` is a
//! zip of such samples, compressed with zstd; `inspect log convert --to json` writes the document.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::format::{FormatFacts, JSON, Units};
use super::common::reader::{Calls, Reader};
use super::common::{argument_text, mcp_name};
use crate::engine::Missing;
use crate::trace::record::{
    CallResult, Record, RecordArguments, describe, is_object, parse_time, text_of,
};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "inspect",
    description: "logs of Inspect AI in JSON",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Logs),
};

/// How deep events lie within each other in logs of old versions.
const MAX_DEPTH: usize = 16;

/// Long texts are written once; this and a hash stand for them.
const ATTACHMENT: &str = "\"attachment://";

/// Finds the calls in logs.
#[derive(Debug)]
struct Logs;

#[derive(Deserialize)]
struct Log<'a> {
    #[serde(borrow)]
    eval: Option<&'a RawValue>,
    #[serde(borrow)]
    samples: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Sample<'a> {
    #[serde(borrow)]
    uuid: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    epoch: Option<&'a RawValue>,
    #[serde(borrow)]
    events: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    attachments: Option<HashMap<Cow<'a, str>, &'a RawValue>>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    function: Option<Cow<'a, str>>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    error: Option<IgnoredAny>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow, default)]
    events: Vec<&'a RawValue>,
}

/// What an event says of a tool of another server that Inspect called for an agent.
#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    bridge: Bridge<'a>,
}

#[derive(Deserialize)]
struct Bridge<'a> {
    #[serde(borrow)]
    server: Cow<'a, str>,
}

/// Whether a unit is a log or a sample of one.
fn recognises(unit: &Value) -> bool {
    let has = |key: &str| unit.get(key).is_some();
    let is_log = unit.get("eval").is_some_and(Value::is_object) && has("status") && has("version");
    is_log || (has("epoch") && unit.get("events").is_some_and(Value::is_array))
}

impl Reader for Logs {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        if !is_object(unit) {
            return Err("not a log of Inspect: an object is expected".to_owned());
        }
        let log: Log<'_> = serde_json::from_str(unit).map_err(|error| describe(&error))?;
        let Some(samples) = log.samples else {
            let is_log = log.eval.is_some();
            return if is_log {
                Err("a log without samples".to_owned())
            } else {
                sample(unit, None, calls)
            };
        };
        let taken: Vec<_> =
            samples.iter().map(|json| sample(json.get(), log.eval, calls)).collect();
        taken.into_iter().collect()
    }
}

fn sample(json: &str, eval: Option<&RawValue>, calls: &mut Calls) -> Result<(), String> {
    let sample: Sample<'_> = serde_json::from_str(json).map_err(|error| describe(&error))?;
    let field = calls.field.as_deref().and_then(|name| {
        text_field(json, name).or_else(|| eval.and_then(|eval| text_field(eval.get(), name)))
    });
    let text = |json: Option<&RawValue>| {
        json.map(|json| text_of(json.get()).into_owned()).unwrap_or_default()
    };
    let session = match sample.uuid {
        Some(uuid) => uuid.into_owned(),
        None => format!("{}#{}", text(sample.id), text(sample.epoch)),
    };
    let reading = ReadingSample {
        session,
        field: field.unwrap_or_default(),
        attachments: sample.attachments.unwrap_or_default(),
    };
    reading.events(&sample.events.unwrap_or_default(), 0, calls)
}

/// What all calls of a sample have in common.
struct ReadingSample<'a> {
    session: String,
    field: String,
    attachments: HashMap<Cow<'a, str>, &'a RawValue>,
}

impl ReadingSample<'_> {
    /// A bad event costs no other.
    fn events(&self, events: &[&RawValue], depth: usize, calls: &mut Calls) -> Result<(), String> {
        let taken: Vec<_> = events.iter().map(|json| self.event(json, depth, calls)).collect();
        taken.into_iter().collect()
    }

    fn event(&self, json: &RawValue, depth: usize, calls: &mut Calls) -> Result<(), String> {
        #[derive(Deserialize)]
        struct Kind<'a> {
            #[serde(borrow)]
            event: Cow<'a, str>,
        }
        // Events of other kinds have other fields.
        let kind: Kind<'_> = serde_json::from_str(json.get()).map_err(|error| describe(&error))?;
        if !["tool", "subtask"].contains(&&*kind.event) {
            return Ok(());
        }
        let event: Event<'_> =
            serde_json::from_str(json.get()).map_err(|error| describe(&error))?;
        let taken = if event.event == "tool" { self.call(&event, calls) } else { Ok(()) };
        if depth == MAX_DEPTH {
            return taken;
        }
        taken.and(self.events(&event.events, depth + 1, calls))
    }

    fn call(&self, event: &Event<'_>, calls: &mut Calls) -> Result<(), String> {
        let name = event.function.as_deref().ok_or("a tool event that names no function")?;
        let (server, tool) = mcp_name::split(name);
        let mut record = Record::of_tool(tool.to_owned());
        let metadata: Option<Metadata<'_>> =
            event.metadata.and_then(|json| serde_json::from_str(json.get()).ok());
        let server =
            metadata.map(|told| told.bridge.server.into_owned()).or(server.map(str::to_owned));
        record.server = server.unwrap_or_default().into();
        record.time = event.timestamp.map(|time| parse_time(time.get())).transpose()?;
        record.id = event.id.as_deref().unwrap_or_default().to_owned().into();
        record.session = self.session.clone().into();
        record.field = self.field.clone().into();
        record.arguments = self.arguments(event.arguments);
        if event.error.is_some() {
            record.result = CallResult::ToolError;
        }
        calls.push(record);
        Ok(())
    }

    fn arguments(&self, json: Option<&RawValue>) -> RecordArguments<'static> {
        let Some(json) = json else { return RecordArguments::Absent };
        if !json.get().contains(ATTACHMENT) {
            return argument_text::of_json(json);
        }
        match self.with_attachments(json.get()) {
            Some(text) => RecordArguments::Json(text.into()),
            None => RecordArguments::Unknown(Missing::TruncatedArguments),
        }
    }

    /// Arguments with their long texts in their places; none if one is missing.
    fn with_attachments(&self, json: &str) -> Option<String> {
        let mut whole = String::with_capacity(json.len());
        let mut rest = json;
        while let Some(at) = rest.find(ATTACHMENT) {
            let (before, found) = rest.split_at(at);
            let (hash, after) = found[ATTACHMENT.len()..].split_once('"')?;
            whole.push_str(before);
            // A quote that is escaped stands within a text that only quotes an attachment.
            if before.ends_with('\\') {
                whole.push_str(&found[..ATTACHMENT.len()]);
                rest = &found[ATTACHMENT.len()..];
                continue;
            }
            whole.push_str(self.attachments.get(hash)?.get());
            rest = after;
        }
        whole.push_str(rest);
        Some(whole)
    }
}

/// The text of a field.
fn text_field(json: &str, name: &str) -> Option<String> {
    let fields: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(json).ok()?;
    fields.get(name).map(|value| text_of(value.get()).into_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::outline::outline;

    fn sample(events: &str) -> String {
        format!(
            r#"{{"id":"tidy","epoch":1,"uuid":"u-1","events":[{events}],"attachments":{{"abc":"a \"long\" text"}}}}"#
        )
    }

    fn read(field: Option<&str>, unit: &str) -> Vec<Record<'static>> {
        let mut calls = Calls::new("file".to_owned(), field.map(str::to_owned));
        assert!(recognises(&outline(unit).unwrap()));
        Logs.take(unit, &mut calls).unwrap_or_else(|why| panic!("{unit}: {why}"));
        std::iter::from_fn(|| calls.pop()).collect()
    }

    fn tool(arguments: &str, more: &str) -> String {
        format!(
            r#"{{"event":"tool","id":"c","function":"add","timestamp":"2026-03-01T10:00:00+00:00","arguments":{arguments}{more}}}"#
        )
    }

    fn log(samples: &str) -> String {
        format!(
            r#"{{"version":2,"status":"success","eval":{{"model":"m","task":"t"}},"samples":[{samples}]}}"#
        )
    }

    #[test]
    fn tool_events_of_all_samples_are_calls_of_their_sample() {
        let failed =
            tool("{}", r#","error":{"type":"parsing"},"metadata":{"bridge":{"server":"notes"}}"#);
        let events = [tool(r#"{"a":1}"#, ""), r#"{"event":"model","error":7}"#.to_owned(), failed];
        let calls = read(Some("model"), &log(&sample(&events.join(","))));
        assert_eq!(calls.len(), 2);
        let first = &calls[0];
        assert_eq!((&*first.tool, &*first.session, &*first.field), ("add", "u-1", "m"));
        assert_eq!(first.arguments, RecordArguments::Json(r#"{"a":1}"#.into()));
        assert_eq!(first.time.unwrap().seconds, 1_772_359_200);
        assert_eq!((&*calls[1].server, calls[1].result), ("notes", CallResult::ToolError));
        // A sample by itself, as in the zip of the format `eval`, and one within another event.
        let nested = tool("{}", &format!(r#","events":[{}]"#, tool("{}", "")));
        let calls = read(Some("id"), &sample(&nested));
        assert_eq!((calls.len(), &*calls[1].field), (2, "tidy"));
    }

    #[test]
    fn long_texts_are_put_back_and_a_missing_one_is_not_guessed() {
        let arguments = |json: &str| read(None, &sample(&tool(json, ""))).remove(0).arguments;
        let known = |json: &str| RecordArguments::Json(json.to_owned().into());
        let found = arguments(r#"{"a":["attachment://abc"],"b":1e999}"#);
        assert_eq!(found, known(r#"{"a":["a \"long\" text"],"b":1e999}"#));
        let quoted = r#"{"a":"say \"attachment://abc\""}"#;
        assert_eq!(arguments(quoted), known(quoted));
        let missing = RecordArguments::Unknown(Missing::TruncatedArguments);
        assert_eq!(arguments(r#"{"a":"attachment://xyz"}"#), missing);
    }

    #[test]
    fn a_bad_event_costs_no_other_and_a_log_without_samples_says_so() {
        let bad = tool("{}", "").replace("2026", "noon");
        let events = [bad, r#"{"event":7}"#.to_owned(), tool("{}", "")].join(",");
        let mut calls = Calls::default();
        assert!(Logs.take(&log(&sample(&events)), &mut calls).unwrap_err().contains("noon"));
        assert!(calls.pop().is_some() && calls.pop().is_none());
        let header = r#"{"version":2,"status":"success","eval":{}}"#;
        assert!(Logs.take(header, &mut calls).unwrap_err().contains("without samples"));
    }
}
