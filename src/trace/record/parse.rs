//! Our own notation for a call (schemas/trace.schema.json), one JSON object a line, as it is read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::CallResult;
use super::call::{Record, RecordArguments, Toolset};
use super::grant_by::GrantBy;
use super::json::{field_text, is_object, parse_json, parse_object, text_of};
use super::timestamp::{parse_time, time_at};
use crate::engine::{Missing, Outcome, Timestamp};

/// The fields of our own notation.
pub(super) const FIELDS: [&str; 17] = [
    "tool",
    "ts",
    "grant",
    "session",
    "server",
    "client",
    "args",
    "args_keys",
    "args_hash",
    "args_missing",
    "id",
    "result",
    "decision",
    "cwd",
    "mode",
    "roots",
    "permitted",
];

/// The fields of a line. Others are allowed and may serve as the grant.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    tool: Cow<'a, str>,
    #[serde(borrow)]
    ts: Option<&'a RawValue>,
    #[serde(borrow)]
    grant: Option<Cow<'a, str>>,
    #[serde(borrow)]
    session: Option<Cow<'a, str>>,
    #[serde(borrow)]
    server: Option<Cow<'a, str>>,
    #[serde(borrow)]
    client: Option<Cow<'a, str>>,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
    #[serde(borrow)]
    args_keys: Option<Vec<Cow<'a, str>>>,
    #[serde(borrow)]
    args_hash: Option<Cow<'a, str>>,
    args_missing: Option<MissingArguments>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(default)]
    result: CallResult,
    decision: Option<RecordedOutcome>,
    #[serde(borrow)]
    cwd: Option<&'a RawValue>,
    #[serde(borrow)]
    mode: Option<&'a RawValue>,
    #[serde(borrow)]
    roots: Option<&'a RawValue>,
    #[serde(borrow)]
    permitted: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum MissingArguments {
    Hashed,
    Redacted,
    Truncated,
    Unrecorded,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RecordedOutcome {
    Allow,
    Ask,
    Deny,
    Throttle,
}

/// Reads a line of our own notation.
///
/// # Errors
/// Why it is not a call, in words.
pub fn parse<'a>(line: &'a str, grant_by: &GrantBy) -> Result<Record<'a>, String> {
    let mut fields: Line<'a> = parse_object(line, "a call")?;
    let field = grant_by.field().map(|name| field_text(line, name)).transpose()?.flatten();
    let mut arguments = fields.arguments();
    let mut unknown_fields = Vec::new();
    if arguments == RecordArguments::Absent {
        unknown_fields = unknown(line, grant_by.field())?;
        if !unknown_fields.is_empty() {
            arguments = RecordArguments::Unknown(Missing::UnrecordedArguments);
        }
    }
    let mut record = Record {
        tool: fields.tool,
        time: time_at(fields.ts)?,
        in_order: true,
        after: None,
        grant: fields.grant.unwrap_or_default(),
        session: fields.session.unwrap_or_default(),
        server: fields.server.unwrap_or_default(),
        client: fields.client.unwrap_or_default(),
        id: fields.id.map(|id| text_of(id.get())).unwrap_or_default(),
        field: field.unwrap_or_default(),
        folder: fields.cwd.map(|folder| string_of(folder.get())).unwrap_or_default(),
        mode: fields.mode.map(|mode| string_of(mode.get())).unwrap_or_default(),
        roots: fields.roots.and_then(|roots| texts_of(roots.get())),
        permitted: fields.permitted.and_then(|word| serde_json::from_str(word.get()).ok()),
        arguments,
        result: fields.result,
        decision: fields.decision.map(|decision| match decision {
            RecordedOutcome::Allow => Outcome::Allow,
            RecordedOutcome::Ask => Outcome::Ask,
            RecordedOutcome::Deny => Outcome::Deny,
            RecordedOutcome::Throttle => Outcome::Throttle,
        }),
        message: None,
        approved: false,
        toolset: Toolset::Server,
        copy_key: 0,
        unknown_fields,
        file: 0,
        line: 0,
    };
    record.choose_grant(grant_by);
    Ok(record)
}

/// A text that decides something only where it is one: what else stands there has always been passed
/// over.
pub(in crate::trace) fn string_of(json: &str) -> Cow<'_, str> {
    if json.starts_with('"') { text_of(json) } else { Cow::default() }
}

/// A list of texts; none where something else stands.
fn texts_of(json: &str) -> Option<Arc<[Box<str>]>> {
    serde_json::from_str::<Vec<Box<str>>>(json).ok().map(Into::into)
}

/// The fields of a line that our own notation does not know, by name; none where a field says what is
/// known of the arguments, for then they do not stand in another.
fn unknown<'a>(line: &'a str, grant: Option<&str>) -> Result<Vec<Cow<'a, str>>, String> {
    let fields: BTreeMap<Cow<'a, str>, IgnoredAny> = parse_json(line)?;
    if fields.contains_key("args") {
        return Ok(Vec::new());
    }
    let is_known = |name: &str| FIELDS.contains(&name) || Some(name) == grant;
    Ok(fields.into_keys().filter(|name| !is_known(name)).collect())
}

impl<'a> Line<'a> {
    fn arguments(&mut self) -> RecordArguments<'a> {
        if let Some(args) = self.args {
            return RecordArguments::Json(Cow::Borrowed(args.get()));
        }
        if let Some(names) = self.args_keys.take() {
            return RecordArguments::Names(names);
        }
        let missing = match &self.args_missing {
            _ if self.args_hash.is_some() => Missing::HashedArguments,
            Some(MissingArguments::Hashed) => Missing::HashedArguments,
            Some(MissingArguments::Redacted) => Missing::RedactedArguments,
            Some(MissingArguments::Truncated) => Missing::TruncatedArguments,
            Some(MissingArguments::Unrecorded) => Missing::UnrecordedArguments,
            None => return RecordArguments::Absent,
        };
        RecordArguments::Unknown(missing)
    }
}

/// The time of a line alone, for ordering; none where the line has none. A line that turns out not
/// to be valid may have one all the same.
pub(in crate::trace) fn time_of(line: &str) -> Option<Timestamp> {
    if !is_object(line) {
        return None;
    }
    // Most records begin with their time, so that nothing else need be read.
    if let Some(rest) = line.strip_prefix(r#"{"ts":"#)
        && let Some(end) = rest.find([',', '}'])
        && let Ok(time) = parse_time(&rest[..end])
    {
        return Some(time);
    }
    #[derive(Deserialize)]
    struct Time<'a> {
        #[serde(borrow)]
        ts: Option<&'a RawValue>,
    }
    let time: Time<'_> = serde_json::from_str(line).ok()?;
    parse_time(time.ts?.get()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_read() {
        let line = r#"{"ts":"2026-03-01T10:00:00Z","grant":"ci","session":"s","server":"octopus","tool":"run_runbook","args":{"a":1},"id":7,"result":"upstream_error","decision":"throttle","team":"red"}"#;
        let record = parse(line, &GrantBy::Grant).unwrap();
        assert_eq!((&*record.tool, &*record.grant), ("run_runbook", "ci"));
        assert_eq!(record.time.unwrap().seconds, 1_772_359_200);
        assert_eq!(record.arguments, RecordArguments::Json(r#"{"a":1}"#.into()));
        assert_eq!(record.result, CallResult::UpstreamError);
        assert_eq!(record.decision, Some(Outcome::Throttle));
        for (by, grant) in
            [("session", "s"), ("server", "octopus"), ("team", "red"), ("id", "7"), ("client", "")]
        {
            assert_eq!(parse(line, &by.parse().unwrap()).unwrap().grant, grant, "{by}");
        }
    }

    #[test]
    fn arguments_may_be_known_in_part_or_not_at_all() {
        let arguments = |line| parse(line, &GrantBy::Grant).unwrap().arguments;
        let unknown = RecordArguments::Unknown;
        assert_eq!(arguments(r#"{"tool":"t"}"#), RecordArguments::Absent);
        assert_eq!(arguments(r#"{"tool":"t","args":null}"#), RecordArguments::Absent);
        assert_eq!(
            arguments(r#"{"tool":"t","args_hash":"sha256:0"}"#),
            unknown(Missing::HashedArguments)
        );
        assert_eq!(
            arguments(r#"{"tool":"t","args_missing":"redacted"}"#),
            unknown(Missing::RedactedArguments)
        );
        for name in ["args_keys", "args_hash", "args_missing"] {
            let line = format!(r#"{{"tool":"t","{name}":null,"input":{{}}}}"#);
            let arguments = parse(&line, &GrantBy::Grant).unwrap().arguments;
            assert_eq!(arguments, unknown(Missing::UnrecordedArguments), "{name} says nothing");
        }
        assert_eq!(
            arguments(r#"{"tool":"t","args_keys":["a"]}"#),
            RecordArguments::Names(vec!["a".into()])
        );
    }

    #[test]
    fn what_is_no_call_says_why() {
        let why = |line| parse(line, &GrantBy::Grant).unwrap_err();
        assert_eq!(why("{"), "not JSON: EOF while parsing an object (column 1)");
        assert_eq!(why("{}"), "missing field `tool` (column 2)");
        assert_eq!(why(r#"["t"]"#), "not a call: an object is expected");
        assert!(why(r#"{"tool":"t","ts":"noon"}"#).contains("the time is not"));
        assert!(why(r#"{"tool":"t","result":"maybe"}"#).contains("tool_error"));
    }
}
