//! Observations that Langfuse exports, one a line or in a list, or within the traces that they belong to.
//!
//! Source: <https://langfuse.com/docs/api-and-data-platform>.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::list;
use super::common::observation::{self, Observation};
use super::common::reader::{Calls, Reader, all};
use crate::trace::record::{CallResult, parse_object};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "langfuse",
    description: "observations exported from Langfuse",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Observations),
};

/// Finds the calls among observations.
#[derive(Debug)]
struct Observations;

#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow)]
    observations: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "traceId")]
    trace_id: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "sessionId")]
    session_id: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "startTime")]
    start_time: Option<&'a RawValue>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    level: Option<Cow<'a, str>>,
}

/// Whether a unit is an observation.
fn recognises(unit: &Value) -> bool {
    let has = |unit: &Value, keys: [&str; 2]| keys.iter().any(|key| unit.get(*key).is_some());
    let is_observation = |unit: &Value| {
        has(unit, ["traceId", "trace_id"])
            && has(unit, ["startTime", "start_time"])
            && unit.get("type").is_some_and(Value::is_string)
            && unit.get("level").is_some()
    };
    let within = |key: &str| {
        let list = unit.get(key).and_then(Value::as_array);
        list.is_some_and(|list| list.iter().any(is_observation))
    };
    is_observation(unit) || within("observations") || within("data")
}

impl Reader for Observations {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        self.unit(unit, "", observation::MAX_DEPTH, calls)
    }
}

impl Observations {
    fn unit(
        &mut self,
        json: &str,
        session: &str,
        depth: usize,
        calls: &mut Calls,
    ) -> Result<(), String> {
        let unit: Unit<'_> = parse_object(json, "an observation of Langfuse")?;
        let own = unit.session_id.as_deref().filter(|session| !session.is_empty());
        let session = own.unwrap_or(session);
        let taken = match unit.kind.as_deref() {
            // Parts of a document say again what stands around their elements.
            Some("TOOL") if !calls.goes_on || depth < observation::MAX_DEPTH => {
                unit.observation(json, session, calls)?.give_out(calls)
            }
            _ => Ok(()),
        };
        let data = list(unit.data);
        let inner = unit.observations.iter().flatten().copied().chain(data).filter(|_| depth > 0);
        taken.and(all(inner.map(|json| self.unit(json.get(), session, depth - 1, calls))))
    }
}

impl<'a> Unit<'a> {
    fn observation(
        &self,
        json: &str,
        session: &str,
        calls: &Calls,
    ) -> Result<Observation<'a>, String> {
        let trace = self.trace_id.as_deref().unwrap_or_default();
        Ok(Observation {
            name: self.name.clone(),
            id: self.id.as_deref().unwrap_or_default().to_owned(),
            session: if session.is_empty() { trace } else { session }.to_owned(),
            field: calls.field_of(json)?,
            start: self.start_time,
            input: self.input,
            result: match self.level.as_deref() {
                Some("ERROR") => CallResult::ToolError,
                _ => CallResult::Ok,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;

    fn observation(kind: &str, level: &str) -> String {
        format!(
            r#"{{"id":"o-1","type":"{kind}","name":"add","trace_id":"t-1","start_time":"2026-03-01T10:00:01Z","level":"{level}","input":{{"a":1}}}}"#
        )
    }

    #[test]
    fn observations_of_tools_are_calls_of_their_session_or_their_trace() {
        let camel = observation("TOOL", "ERROR")
            .replace("trace_id", "traceId")
            .replace("start_time", "startTime");
        let trace = format!(r#"{{"sessionId":"s-1","observations":[{camel}]}}"#);
        let units = [observation("SPAN", "DEFAULT"), observation("TOOL", "DEFAULT"), trace];
        assert!(units.iter().all(|unit| recognises(&serde_json::from_str(unit).unwrap())));
        let calls = calls_in(Observations, None, &units);
        let facts: Vec<_> = calls.iter().map(|call| (&*call.session, call.result)).collect();
        assert_eq!(facts, [("t-1", CallResult::Ok), ("s-1", CallResult::ToolError)]);
        assert_eq!(calls[1].arguments.json(), Some(r#"{"a":1}"#));
        assert_eq!(calls[1].time.unwrap().seconds, 1_772_359_201);
    }
}
