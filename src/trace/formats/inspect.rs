//! Logs of Inspect AI in JSON: one document an evaluation, or one a sample.
//!
//! Source: `src/inspect_ai/event` and `src/inspect_ai/log` of
//! <https://github.com/UKGovernmentBEIS/inspect_ai>, version 0.3.285. A log in the format `eval` is a
//! zip of such samples, compressed with zstd; `inspect log convert --to json` writes the document.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::answer::Answer;
use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::Fields;
use super::common::reader::{Calls, Reader, all};
use super::common::{argument_text, mcp_name};
use crate::engine::Missing;
use crate::trace::json;
use crate::trace::record::{
    RecordArguments, parse_json, parse_object, parse_raw, text_of, time_at,
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
    #[serde(borrow)]
    error: Option<&'a RawValue>,
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
        let log: Log<'_> = parse_object(unit, "a log of Inspect")?;
        let Some(samples) = log.samples else {
            return match log.eval {
                Some(_) => Err("a log without samples".to_owned()),
                None => sample(unit, None, calls),
            };
        };
        all(samples.iter().map(|json| sample(json.get(), log.eval, calls)))
    }
}

fn sample(json: &str, eval: Option<&RawValue>, calls: &mut Calls) -> Result<(), String> {
    let sample: Sample<'_> = parse_json(json)?;
    let field = calls.field.as_deref().and_then(|name| {
        let of_eval = || Fields::of(eval?).text(name);
        Fields::read(json).text(name).or_else(of_eval)
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
        all(events.iter().map(|json| self.event(json, depth, calls)))
    }

    fn event(&self, json: &RawValue, depth: usize, calls: &mut Calls) -> Result<(), String> {
        #[derive(Deserialize)]
        struct Kind<'a> {
            #[serde(borrow)]
            event: Cow<'a, str>,
        }
        // Events of other kinds have other fields.
        let kind: Kind<'_> = parse_raw(json)?;
        if !["tool", "subtask"].contains(&&*kind.event) {
            return Ok(());
        }
        let event: Event<'_> = parse_raw(json)?;
        let taken = if event.event == "tool" { self.call(&event, calls) } else { Ok(()) };
        if depth == MAX_DEPTH {
            return taken;
        }
        taken.and(self.events(&event.events, depth + 1, calls))
    }

    fn call(&self, event: &Event<'_>, calls: &mut Calls) -> Result<(), String> {
        let name = event.function.as_deref().ok_or("a tool event that names no function")?;
        let mut record = mcp_name::call(None, name);
        let metadata: Option<Metadata<'_>> = event.metadata.and_then(json::read_raw);
        if let Some(told) = metadata {
            record.server = told.bridge.server.into_owned().into();
        }
        record.time = time_at(event.timestamp)?;
        record.id = event.id.as_deref().unwrap_or_default().to_owned().into();
        record.session = self.session.clone().into();
        record.field = self.field.clone().into();
        record.arguments = self.arguments(event.arguments);
        if let Some(error) = event.error {
            Answer::of_failure(Some(error)).settle(&mut record);
        }
        calls.push(record);
        Ok(())
    }

    fn arguments(&self, json: Option<&RawValue>) -> RecordArguments<'static> {
        let Some(json) = json else { return RecordArguments::Absent };
        if !json.get().contains(ATTACHMENT) {
            return argument_text::of_json(Some(json));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::outline::outline;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::CallResult;
    use crate::trace::record::Record;

    fn sample(events: &str) -> String {
        format!(
            r#"{{"id":"tidy","epoch":1,"uuid":"u-1","events":[{events}],"attachments":{{"abc":"a \"long\" text"}}}}"#
        )
    }

    fn read(field: Option<&str>, unit: &str) -> Vec<Record<'static>> {
        assert!(recognises(&outline(unit).unwrap()));
        calls_in(Logs, field, &[unit])
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
        assert!(
            Logs.take(&log(&sample(&events)), &mut calls).unwrap_err().contains("the time is not")
        );
        assert!(calls.pop().is_some() && calls.pop().is_none());
        let header = r#"{"version":2,"status":"success","eval":{}}"#;
        assert!(Logs.take(header, &mut calls).unwrap_err().contains("without samples"));
    }
}
