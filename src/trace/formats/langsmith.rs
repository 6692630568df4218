//! Runs that LangSmith exports, one a line or in a list. `session_id` is the project.
//!
//! Source: <https://docs.langchain.com/langsmith/run-data-format>.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::Fields;
use super::common::observation::{self, Observation};
use super::common::reader::{Calls, Reader, all};
use crate::trace::record::{CallResult, parse_object};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "langsmith",
    description: "runs exported from LangSmith",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Runs),
};

/// Finds the calls among runs.
#[derive(Debug)]
struct Runs;

#[derive(Deserialize)]
struct Run<'a> {
    #[serde(borrow)]
    runs: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    child_runs: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    trace_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    run_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    start_time: Option<&'a RawValue>,
    #[serde(borrow)]
    inputs: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    extra: Option<&'a RawValue>,
}

/// Whether a unit is a run.
fn recognises(unit: &Value) -> bool {
    let is_run = |run: &Value| {
        run.get("run_type").is_some_and(Value::is_string) && run.get("inputs").is_some()
    };
    let runs = unit.get("runs").and_then(Value::as_array);
    is_run(unit) || runs.is_some_and(|runs| runs.iter().any(is_run))
}

impl Reader for Runs {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        self.run(unit, observation::MAX_DEPTH, calls)
    }
}

impl Runs {
    fn run(&mut self, json: &str, depth: usize, calls: &mut Calls) -> Result<(), String> {
        let run: Run<'_> = parse_object(json, "a run of LangSmith")?;
        let taken = match run.run_type.as_deref() {
            // Parts of a document say again what stands around their elements.
            Some("tool") if !calls.goes_on || depth < observation::MAX_DEPTH => {
                run.observation(json, calls)?.give_out(calls)
            }
            _ => Ok(()),
        };
        let inner = run.runs.into_iter().chain(run.child_runs).flatten();
        let inner = inner.filter(|_| depth > 0);
        taken.and(all(inner.map(|json| self.run(json.get(), depth - 1, calls))))
    }
}

impl<'a> Run<'a> {
    fn observation(&self, json: &str, calls: &Calls) -> Result<Observation<'a>, String> {
        let metadata = self.extra.map(|extra| Fields::of(extra).within("metadata"));
        let metadata = metadata.unwrap_or_default();
        let conversation = ["thread_id", "session_id", "conversation_id"];
        let session = conversation.into_iter().find_map(|name| metadata.plain_text(name));
        let trace = || self.trace_id.as_deref().unwrap_or_default().to_owned();
        let failed = self.error.is_some_and(|error| !["null", "\"\""].contains(&error.get()));
        Ok(Observation {
            name: self.name.clone(),
            id: self.id.as_deref().unwrap_or_default().to_owned(),
            session: session.unwrap_or_else(trace),
            field: calls.field_of(json)?,
            start: self.start_time,
            input: self.inputs,
            result: if failed { CallResult::ToolError } else { CallResult::Ok },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;

    fn run(kind: &str, more: &str) -> String {
        format!(
            r#"{{"id":"r-1","trace_id":"t-1","run_type":"{kind}","name":"add","start_time":"2026-03-01T10:00:01.500000","session_id":"project"{more}}}"#
        )
    }

    #[test]
    fn runs_of_tools_are_calls_of_their_thread_or_their_trace() {
        let failed = r#","inputs":{"a":1},"error":"no","extra":{"metadata":{"thread_id":"th"}}"#;
        let text = r#","inputs":{"input":"{\"a\": 2}"},"error":null"#;
        let calls = calls_in(
            Runs,
            None,
            &[
                run("llm", r#","inputs":{}"#),
                run("chain", &format!(r#","child_runs":[{}]"#, run("tool", failed))),
                run("tool", text),
            ],
        );
        let facts: Vec<_> = calls
            .iter()
            .map(|call| (&*call.session, call.arguments.json().unwrap(), call.result))
            .collect();
        assert_eq!(
            facts,
            [("th", r#"{"a":1}"#, CallResult::ToolError), ("t-1", r#"{"a": 2}"#, CallResult::Ok)]
        );
        assert_eq!(calls[0].time.unwrap().seconds, 1_772_359_201);
        let why = Runs.take(&run("tool", "").replace("add", ""), &mut Calls::default());
        assert!(why.unwrap_err().contains("names no tool"));
    }
}
