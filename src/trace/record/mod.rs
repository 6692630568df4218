//! One recorded call, and our own notation for it: one JSON object a line.

pub(in crate::trace) mod line;
pub(in crate::trace) mod timestamp;

use std::borrow::Cow;

use arrayvec::ArrayVec;
use serde::Deserialize;
use serde_json::value::RawValue;

use self::timestamp::parse_time;
use crate::engine::{Arguments, Missing, Outcome, Timestamp};

/// How many members of arguments are kept apart; of more, only the text is kept.
pub(super) const MAX_MEMBERS: usize = 8;

/// A recorded call.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<'a> {
    /// The tool's name.
    pub tool: Cow<'a, str>,
    /// When it was called, if that is known.
    pub time: Option<Timestamp>,
    /// Whether every call before it in the trace was made before it: not so for a call without a
    /// time among those of several files.
    pub in_order: bool,
    /// Who called, as [`GrantBy`] chose it; empty where the log does not tell.
    pub grant: Cow<'a, str>,
    /// The session that the call belongs to; empty where the log does not tell.
    pub session: Cow<'a, str>,
    /// The server that was called; empty where the log does not tell.
    pub server: Cow<'a, str>,
    /// The program that called; empty where the log does not tell.
    pub client: Cow<'a, str>,
    /// What tells the call from others in its session; empty where the log does not tell.
    pub id: Cow<'a, str>,
    /// The field that [`GrantBy::Field`] asks for; empty where the record has none.
    pub field: Cow<'a, str>,
    /// The arguments.
    pub arguments: RecordArguments<'a>,
    /// What came of the call.
    pub result: CallResult,
    /// What a live gateway decided, if the log says so.
    pub decision: Option<Outcome>,
    /// The number of its file, from 0, in the order in which they were given.
    pub file: u32,
    /// The line of its file on which the call stands, counted from 1.
    pub line: u64,
}

/// What is recorded of a call's arguments.
#[expect(clippy::large_enum_variant, reason = "nearly all calls have the largest variant")]
#[derive(Clone, Debug, PartialEq)]
pub enum RecordArguments<'a> {
    /// Their JSON text.
    Json(Cow<'a, str>),
    /// The JSON text of an object, whose numbers are all within a 64-bit float, and its members.
    Members {
        /// The object.
        text: &'a str,
        /// Keys, which have no escapes, and the JSON text of values, in their order.
        members: ArrayVec<(&'a str, &'a str), MAX_MEMBERS>,
    },
    /// The call had none.
    Absent,
    /// Only their names.
    Names(Vec<Cow<'a, str>>),
    /// Nothing, and why.
    Unknown(Missing),
}

impl<'a> Record<'a> {
    /// A call of a tool of which nothing else is known.
    pub fn of_tool(tool: impl Into<Cow<'a, str>>) -> Record<'a> {
        Record {
            tool: tool.into(),
            time: None,
            in_order: true,
            grant: Cow::default(),
            session: Cow::default(),
            server: Cow::default(),
            client: Cow::default(),
            id: Cow::default(),
            field: Cow::default(),
            arguments: RecordArguments::Absent,
            result: CallResult::Ok,
            decision: None,
            file: 0,
            line: 0,
        }
    }

    /// The record with texts of its own.
    pub fn into_owned(self) -> Record<'static> {
        let own = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        Record {
            tool: own(self.tool),
            grant: own(self.grant),
            session: own(self.session),
            server: own(self.server),
            client: own(self.client),
            id: own(self.id),
            field: own(self.field),
            arguments: match self.arguments {
                RecordArguments::Json(text) => RecordArguments::Json(own(text)),
                RecordArguments::Members { text, .. } => {
                    RecordArguments::Json(Cow::Owned(text.to_owned()))
                }
                RecordArguments::Absent => RecordArguments::Absent,
                RecordArguments::Names(names) => {
                    RecordArguments::Names(names.into_iter().map(own).collect())
                }
                RecordArguments::Unknown(missing) => RecordArguments::Unknown(missing),
            },
            ..self
        }
    }

    /// The same record, with texts borrowed from this one.
    pub(super) fn as_borrowed(&self) -> Record<'_> {
        Record {
            tool: Cow::Borrowed(&self.tool),
            grant: Cow::Borrowed(&self.grant),
            session: Cow::Borrowed(&self.session),
            server: Cow::Borrowed(&self.server),
            client: Cow::Borrowed(&self.client),
            id: Cow::Borrowed(&self.id),
            field: Cow::Borrowed(&self.field),
            arguments: match &self.arguments {
                RecordArguments::Json(text) => RecordArguments::Json(Cow::Borrowed(text)),
                RecordArguments::Names(names) => RecordArguments::Names(
                    names.iter().map(|name| Cow::Borrowed(&**name)).collect(),
                ),
                other => other.clone(),
            },
            ..*self
        }
    }

    /// Chooses what stands for the grant.
    pub(super) fn choose_grant(&mut self, grant_by: &GrantBy) {
        self.grant = match grant_by {
            GrantBy::Grant => return,
            GrantBy::Session => self.session.clone(),
            GrantBy::Server => self.server.clone(),
            GrantBy::Client => self.client.clone(),
            GrantBy::Field(_) => self.field.clone(),
        };
    }
}

impl RecordArguments<'_> {
    /// Their JSON text, if it is known.
    pub fn json(&self) -> Option<&str> {
        match self {
            RecordArguments::Json(text) => Some(text),
            RecordArguments::Members { text, .. } => Some(text),
            RecordArguments::Absent | RecordArguments::Names(_) | RecordArguments::Unknown(_) => {
                None
            }
        }
    }

    /// As the engine takes them.
    pub fn as_arguments(&self) -> Arguments<'_> {
        match self {
            RecordArguments::Json(text) => Arguments::Json(text),
            RecordArguments::Members { text, members } => Arguments::Members { text, members },
            RecordArguments::Absent => Arguments::Absent,
            RecordArguments::Names(names) => Arguments::Names(names),
            RecordArguments::Unknown(missing) => Arguments::Unknown(*missing),
        }
    }
}

/// What came of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// The tool answered.
    #[default]
    Ok,
    /// The tool answered that it failed (`isError`). The call counts all the same.
    ToolError,
    /// The server answered with a JSON-RPC error, which gives quota back.
    UpstreamError,
    /// No answer is known, which counts as success unless the user chooses otherwise.
    Unknown,
}

/// What stands for the grant of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum GrantBy {
    /// The log's own `grant`.
    #[default]
    Grant,
    /// The session.
    Session,
    /// The server.
    Server,
    /// The client program.
    Client,
    /// Another field of the record.
    Field(String),
}

impl GrantBy {
    /// The field of the record that is asked for beside those that every reader gives.
    pub(super) fn field(&self) -> Option<&str> {
        match self {
            GrantBy::Field(name) => Some(name),
            _ => None,
        }
    }
}

impl std::str::FromStr for GrantBy {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<GrantBy, Self::Err> {
        Ok(match text {
            "grant" => GrantBy::Grant,
            "session" => GrantBy::Session,
            "server" => GrantBy::Server,
            "client" => GrantBy::Client,
            field => GrantBy::Field(field.to_owned()),
        })
    }
}

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
    let arguments = fields.arguments();
    let mut record = Record {
        tool: fields.tool,
        time: fields.ts.map(|time| parse_time(time.get())).transpose()?,
        in_order: true,
        grant: fields.grant.unwrap_or_default(),
        session: fields.session.unwrap_or_default(),
        server: fields.server.unwrap_or_default(),
        client: fields.client.unwrap_or_default(),
        id: fields.id.map(|id| text_of(id.get())).unwrap_or_default(),
        field: field.unwrap_or_default(),
        arguments,
        result: fields.result,
        decision: fields.decision.map(|decision| match decision {
            RecordedOutcome::Allow => Outcome::Allow,
            RecordedOutcome::Deny => Outcome::Deny,
            RecordedOutcome::Throttle => Outcome::Throttle,
        }),
        file: 0,
        line: 0,
    };
    record.choose_grant(grant_by);
    Ok(record)
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
pub(super) fn time_of(line: &str) -> Option<Timestamp> {
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

/// A field that is text, or the JSON text of one that is not.
pub(super) fn field_text<'a>(line: &'a str, name: &str) -> Result<Option<Cow<'a, str>>, String> {
    let fields: std::collections::HashMap<Cow<'a, str>, &'a RawValue> =
        serde_json::from_str(line).map_err(|error| describe(&error))?;
    Ok(fields.get(name).map(|value| text_of(value.get())))
}

/// The text of a JSON value: a string without its quotes, nothing for null, anything else as it
/// is written.
pub(super) fn text_of(json: &str) -> Cow<'_, str> {
    match serde_json::from_str::<Cow<'_, str>>(json) {
        _ if json == "null" => Cow::default(),
        Ok(text) => Cow::Owned(text.into_owned()),
        Err(_) => Cow::Borrowed(json),
    }
}

/// Whether a JSON text is an object. Serde would also fill a struct from a list.
pub(super) fn is_object(json: &str) -> bool {
    json.trim_ascii_start().starts_with('{')
}

/// Reads what must be an object.
///
/// # Errors
/// Why it is none, in words that begin with what it should have been.
pub(super) fn parse_object<'a, T: Deserialize<'a>>(json: &'a str, what: &str) -> Result<T, String> {
    if !is_object(json) {
        return Err(format!("not {what}: an object is expected"));
    }
    serde_json::from_str(json).map_err(|error| describe(&error))
}

/// An error of the JSON reader without its line number, which is always 1 here.
pub(super) fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (words, place) = text.split_once(" at line ").unwrap_or((&text, ""));
    let what = if error.is_data() { "" } else { "not JSON: " };
    match place.split_once("column ") {
        Some((_, column)) => format!("{what}{words} (column {column})"),
        None => format!("{what}{words}"),
    }
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
        assert!(why(r#"{"tool":"t","ts":"noon"}"#).contains("`noon` is not a time"));
        assert!(why(r#"{"tool":"t","result":"maybe"}"#).contains("maybe"));
    }
}
