//! Trajectories of SWE-agent, `.traj`: the tool calls of the model in `history`.
//!
//! Where a model wrote its actions as text, there are no arguments that could be told.
//! Source: <https://swe-agent.com/latest/usage/trajectories>.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::format::{FormatFacts, Units};
use super::common::reader::{Calls, Reader};
use super::common::{argument_text, mcp_name};
use crate::trace::record::{CallResult, parse_object, parse_raw};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "swe-agent",
    description: "trajectories of SWE-agent",
    endings: &["traj", "json"],
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Trajectories),
};

/// Finds the calls in trajectories.
#[derive(Debug)]
struct Trajectories;

#[derive(Deserialize)]
struct Trajectory<'a> {
    #[serde(borrow)]
    history: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    role: Option<Cow<'a, str>>,
    #[serde(borrow)]
    action: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool_calls: Option<Vec<&'a RawValue>>,
    is_demo: Option<bool>,
}

#[derive(Deserialize)]
struct ToolCall<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    function: Function<'a>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

/// Whether a unit is a trajectory.
fn recognises(unit: &Value) -> bool {
    let is_list = |key: &str| unit.get(key).is_some_and(Value::is_array);
    is_list("trajectory") && is_list("history")
}

impl Reader for Trajectories {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let trajectory: Trajectory<'_> = parse_object(unit, "a trajectory of SWE-agent")?;
        let field = calls.field_of(unit)?;
        for json in trajectory.history.into_iter().flatten() {
            if let Err(why) = entry(json, &field, calls) {
                calls.complain(calls.line, why);
            }
        }
        Ok(())
    }
}

fn entry(json: &RawValue, field: &str, calls: &mut Calls) -> Result<(), String> {
    let entry: Entry<'_> = parse_raw(json).map_err(|why| format!("an entry: {why}"))?;
    // A demonstration shows the model how somebody else did it.
    if entry.role.as_deref() != Some("assistant") || entry.is_demo == Some(true) {
        return Ok(());
    }
    let made = entry.tool_calls.unwrap_or_default();
    if made.is_empty() && entry.action.is_some_and(|action| !action.trim().is_empty()) {
        let why = "an action of swe-agent that is text: its tool and arguments cannot be told; record with a model that calls tools (`parse_function: function_calling`)";
        return Err(why.to_owned());
    }
    for json in made {
        let call: ToolCall<'_> = parse_raw(json).map_err(|why| format!("a tool call: {why}"))?;
        let mut record = mcp_name::call(None, &call.function.name);
        record.id = call.id.unwrap_or_default().into_owned().into();
        record.session = calls.file.clone().into();
        record.field = field.to_owned().into();
        record.arguments = argument_text::of_json(call.function.arguments);
        record.result = CallResult::Unknown;
        calls.push(record);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_the_model_are_read_and_actions_in_text_are_told_of() {
        let call =
            r#"{"function":{"name":"edit","arguments":"{\"a\":1}"},"id":"c-1","type":"function"}"#;
        let entry = |more: &str| format!(r#"{{"role":"assistant","content":"x"{more}}}"#);
        let history = [
            entry(&format!(r#","is_demo":true,"tool_calls":[{call}]"#)),
            entry(&format!(r#","action":"edit 1","tool_calls":[{call}]"#)),
            entry(r#","action":"ls -1""#),
            entry(r#","action":"""#),
            r#"{"role":"tool","content":"x","tool_call_ids":["c-1"]}"#.to_owned(),
        ];
        let unit =
            format!(r#"{{"trajectory":[{{"action":"x"}}],"history":[{}]}}"#, history.join(","));
        assert!(recognises(&serde_json::from_str(&unit).unwrap()));
        let mut calls = Calls::new("file".to_owned(), None);
        Trajectories.take(&unit, &mut calls).unwrap();
        let bad = calls.take_bad();
        assert!(bad.len() == 1 && bad[0].1.contains("cannot be told"), "{bad:?}");
        let call = calls.pop().unwrap();
        assert_eq!(
            (&*call.tool, &*call.id, call.arguments.json()),
            ("edit", "c-1", Some(r#"{"a":1}"#))
        );
        assert_eq!(calls.pop(), None);
    }
}
