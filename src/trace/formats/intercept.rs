//! Event logs of Intercept, `~/.intercept/events/INSTANCE.jsonl`.
//!
//! An event a line, told apart by `type`. A `tool_call` has `ts`, `instance` (one run of the
//! gateway), `tool`, `result` (`allowed`, `denied` or, after 1.1, `approval_required`: the decision taken), `args_hash` unless the
//! call had no arguments, and, when denied, `rule` and `message`. A limit that is reached is
//! `denied` as well. The server stands on the `startup` event. What came of a call upstream is not
//! logged.
//! Source: <https://github.com/PolicyLayer/Intercept>, `internal/events/events.go`,
//! `internal/proxy/handler.go` at commit 7898b01.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::format::{FormatFacts, JSON, Units};
use super::common::reader::{Calls, Reader};
use crate::engine::{Missing, Outcome};
use crate::trace::record::{Record, RecordArguments, parse_object, time_at};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "intercept",
    description: "an event log of Intercept, with the decisions it took",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(InterceptEvents::default()),
};

/// The types of events; those of approvals begin with [`APPROVAL`].
const TYPES: [&str; 5] = ["startup", "tool_call", "config_reload", "heartbeat", "shutdown"];

/// What the types of events about approvals begin with. After 1.1; not all are published.
const APPROVAL: &str = "approval_";

/// How many runs of the gateway are remembered by their servers.
const MAX_INSTANCES: usize = 4_096;

/// Whether a unit is an event.
fn recognises(unit: &Value) -> bool {
    let is_type = |kind: &str| TYPES.contains(&kind) || kind.starts_with(APPROVAL);
    let of_type = unit.get("type").and_then(Value::as_str).is_some_and(is_type);
    of_type && unit.get("instance").is_some() && unit.get("ts").is_some()
}

/// Reads such a log.
#[derive(Debug, Default)]
struct InterceptEvents {
    /// The servers by the runs of the gateway.
    servers: HashMap<String, String>,
    /// Approvals that were consumed, by run and tool: the next allowed call of the tool is theirs.
    approvals: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    ts: Option<&'a RawValue>,
    #[serde(borrow, default)]
    instance: Cow<'a, str>,
    #[serde(borrow)]
    server: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool: Option<Cow<'a, str>>,
    #[serde(borrow)]
    result: Option<Cow<'a, str>>,
    #[serde(borrow)]
    args_hash: Option<Cow<'a, str>>,
}

impl Reader for InterceptEvents {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let event: Event<'_> = parse_object(unit, "an event")?;
        if let ("startup", Some(server)) = (&*event.kind, &event.server) {
            if self.servers.len() == MAX_INSTANCES {
                self.servers.clear();
            }
            self.servers.insert(event.instance.into_owned(), server.clone().into_owned());
            return Ok(());
        }
        if event.kind == "approval_consumed" {
            self.approve(event);
            return Ok(());
        }
        if event.kind != "tool_call" {
            return Ok(());
        }
        let decision = event.result.as_deref().map(decision).transpose()?;
        let tool = event.tool.ok_or("a `tool_call` that names no tool")?;
        let approved =
            decision == Some(Outcome::Allow) && self.was_approved(&event.instance, &tool);
        let call = Record {
            time: time_at(event.ts)?,
            server: match event.server {
                Some(server) => server.into_owned().into(),
                None => self.servers.get(&*event.instance).cloned().unwrap_or_default().into(),
            },
            session: event.instance.into_owned().into(),
            field: calls.field_of(unit)?.into(),
            arguments: match event.args_hash {
                Some(_) => RecordArguments::Unknown(Missing::HashedArguments),
                None => RecordArguments::Absent,
            },
            decision,
            approved,
            ..Record::of_tool(tool.into_owned())
        };
        calls.push(call);
        Ok(())
    }
}

impl InterceptEvents {
    fn approve(&mut self, event: Event<'_>) {
        if self.approvals.len() == MAX_INSTANCES {
            self.approvals.clear();
        }
        let tool = event.tool.unwrap_or_default().into_owned();
        self.approvals.push((event.instance.into_owned(), tool));
    }

    fn was_approved(&mut self, instance: &str, tool: &str) -> bool {
        let is_its = |(run, of): &(String, String)| run == instance && of == tool;
        let found = self.approvals.iter().position(is_its);
        found.map(|index| self.approvals.swap_remove(index)).is_some()
    }
}

fn decision(result: &str) -> Result<Outcome, String> {
    match result {
        "allowed" => Ok(Outcome::Allow),
        "denied" => Ok(Outcome::Deny),
        "approval_required" => Ok(Outcome::Ask),
        _ => Err(format!(
            "`{result}` is no decision: `allowed`, `denied` or `approval_required` is expected"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARTUP: &str = r#"{"ts":"2026-03-01T10:00:00.123456789Z","type":"startup","instance":"0a1b2c3d","server":"npx server","config":"policy.yaml","pid":7}"#;
    const DENIED: &str = r#"{"ts":"2026-03-01T10:00:01Z","type":"tool_call","instance":"0a1b2c3d","tool":"pay","result":"denied","args_hash":"sha256:00","rule":"cap","message":"no"}"#;

    #[test]
    fn a_call_has_its_decision_and_its_server() {
        let mut reader = InterceptEvents::default();
        let mut calls = Calls::new("events".to_owned(), Some("rule".to_owned()));
        let allowed =
            DENIED.replace("denied", "allowed").replace(r#","args_hash":"sha256:00""#, "");
        let heartbeat = r#"{"ts":"2026-03-01T10:00:02Z","type":"heartbeat","instance":"0a1b2c3d","counters":{"allowed":1}}"#;
        for line in [STARTUP, DENIED, &allowed, heartbeat] {
            assert!(recognises(&serde_json::from_str(line).unwrap()), "{line}");
            reader.take(line, &mut calls).unwrap();
        }
        let denied = calls.pop().unwrap();
        assert_eq!((&*denied.tool, &*denied.session), ("pay", "0a1b2c3d"));
        assert_eq!((&*denied.server, &*denied.field), ("npx server", "cap"));
        assert_eq!(denied.time.unwrap().to_string(), "2026-03-01T10:00:01Z");
        assert_eq!(denied.decision, Some(Outcome::Deny));
        assert_eq!(denied.arguments, RecordArguments::Unknown(Missing::HashedArguments));
        let allowed = calls.pop().unwrap();
        assert_eq!(allowed.decision, Some(Outcome::Allow));
        assert_eq!(allowed.arguments, RecordArguments::Absent);
        assert!(calls.pop().is_none());
    }

    #[test]
    fn a_bad_event_says_why() {
        let mut reader = InterceptEvents::default();
        let mut why = |line: &str| reader.take(line, &mut Calls::default()).unwrap_err();
        assert!(why(&DENIED.replace("denied", "maybe")).contains("`maybe` is no decision"));
        assert!(why(&DENIED.replace(r#""tool":"pay","#, "")).contains("names no tool"));
        assert!(why(&DENIED.replace("2026-03-01T", "")).contains("is not a time"));
        assert!(why("[]").contains("an object is expected"));
    }

    #[test]
    fn an_approval_belongs_to_the_next_allowed_call_of_its_tool() {
        let mut reader = InterceptEvents::default();
        let mut calls = Calls::new("events".to_owned(), None);
        let event = |kind: &str, more: &str| {
            format!(
                r#"{{"ts":"2026-03-01T10:00:02Z","type":"{kind}","instance":"i","tool":"pay"{more}}}"#
            )
        };
        let asked = event("tool_call", r#","result":"approval_required","server":"bank""#);
        let allowed = event("tool_call", r#","result":"allowed""#);
        let consumed = event("approval_consumed", r#","approval_id":"a""#);
        let unheard_of = event("approval_lapsed", r#","approval_id":"a""#);
        for line in [&asked, &unheard_of, &consumed, &allowed, &allowed] {
            assert!(recognises(&serde_json::from_str(line).unwrap()), "{line}");
            reader.take(line, &mut calls).unwrap();
        }
        let found: Vec<_> = std::iter::from_fn(|| calls.pop())
            .map(|call| (call.decision.unwrap(), call.approved, call.server.into_owned()))
            .collect();
        let expected = [
            (Outcome::Ask, false, "bank".to_owned()),
            (Outcome::Allow, true, String::new()),
            (Outcome::Allow, false, String::new()),
        ];
        assert_eq!(found, expected);
    }
}
