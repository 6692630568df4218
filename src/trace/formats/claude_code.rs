//! Transcripts of Claude Code, `~/.claude/projects/*/*.jsonl`.
//!
//! A line of the type `assistant` has a message whose content may hold `tool_use` blocks; their
//! results are `tool_result` blocks of a later line of the type `user`. What subagents do stands
//! on lines with `isSidechain`, often in files of their own; versions until early 2026 put it on lines
//! of the type `progress` under `data.message.message`. A resumed session repeats earlier lines.
//! Tools of Claude Code itself are calls like any other. A result says that a tool failed
//! (`is_error`), never whether it was the server that did.
//! What the user types has the permission mode that holds from there on (`permissionMode`), an attachment at the
//! beginning the folders (`environment`), and a result what Claude Code itself made of the call
//! (`permissionDecision`, measured with 2.1.332); older ones only have the words of a refusal.
//! Source: observed, there is no official schema; <https://code.claude.com/docs/en/sessions>,
//! <https://github.com/jeremedia/claude-code-log-format> (2.0.49),
//! <https://github.com/DRMacIver/claude-reliability> `notes/transcript-format.md` (2.1.12).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::answer::Answer;
use super::common::claude_code_call::{ToolUse, key};
use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::lenient;
use super::common::pending::{Pending, Same};
use super::common::reader::{Calls, Reader, all};
use super::common::refusal;
use crate::trace::record::{
    CallResult, Permitted, is_object, parse_json, parse_object, string_of, time_at,
};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "claude-code",
    description: "a transcript of Claude Code",
    endings: JSON,
    repeats_calls: true,
    units: Units::Json(recognises),
    reader: || Box::new(ClaudeCode::default()),
};

/// Whether a unit is a line of a transcript.
fn recognises(unit: &Value) -> bool {
    let is_text = |key: &str| unit.get(key).is_some_and(Value::is_string);
    is_text("type") && is_text("sessionId")
}

/// Reads a transcript.
#[derive(Debug, Default)]
struct ClaudeCode {
    uses: Pending,
    /// What is known of the latest sessions, by their ids.
    sessions: BTreeMap<String, Session>,
}

/// What is known of a session up to where it is read.
#[derive(Clone, Debug, Default)]
struct Session {
    mode: String,
    roots: Option<Arc<[Box<str>]>>,
}

/// Of how many sessions of a file something is known at a time.
const MAX_SESSIONS: usize = 64;

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "sessionId")]
    session: Cow<'a, str>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    cwd: Option<&'a RawValue>,
    #[serde(borrow, rename = "permissionMode")]
    mode: Option<&'a RawValue>,
    #[serde(borrow)]
    attachment: Option<&'a RawValue>,
    #[serde(borrow, rename = "permissionDecision")]
    decision: Option<&'a RawValue>,
    #[serde(borrow, rename = "toolDenialKind")]
    denial: Option<&'a RawValue>,
}

/// An attachment that tells where the session works.
#[derive(Deserialize)]
struct Environment<'a> {
    #[serde(borrow)]
    snapshot: Snapshot<'a>,
}

#[derive(Deserialize)]
struct Snapshot<'a> {
    #[serde(borrow, rename = "workingDirectory")]
    folder: Cow<'a, str>,
    #[serde(borrow, default, rename = "additionalWorkingDirectories")]
    further: Vec<Cow<'a, str>>,
}

/// What Claude Code made of a call.
#[derive(Deserialize)]
struct Decision<'a> {
    #[serde(borrow)]
    decision: Cow<'a, str>,
    #[serde(borrow, default)]
    source: Cow<'a, str>,
    #[serde(borrow, rename = "reasonType")]
    reason: Option<Cow<'a, str>>,
}

/// What a subagent did.
#[derive(Deserialize)]
struct Progress<'a> {
    #[serde(borrow)]
    message: SubagentLine<'a>,
}

#[derive(Deserialize)]
struct SubagentLine<'a> {
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    content: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_use_id: Option<Cow<'a, str>>,
    is_error: Option<bool>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

impl Reader for ClaudeCode {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let mut line: Line<'_> = parse_object(unit, "a line of a transcript")?;
        self.learn(&line);
        if let Some(progress) = lenient::<Progress<'_>>(line.data) {
            line.timestamp = progress.message.timestamp.or(line.timestamp);
            line.message = progress.message.message;
        }
        // What a user writes is text instead of a list of blocks.
        let Some(message) = lenient::<Message<'_>>(line.message) else { return Ok(()) };
        let blocks = message.content.into_iter();
        let taken = all(blocks.map(|block| self.block(block.get(), &line, unit, calls)));
        self.uses.give_out(calls);
        taken
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.uses.finish(calls);
    }
}

impl ClaudeCode {
    /// Takes the mode and the folders that a line tells. The first folder of a session is the one that it
    /// was started in.
    fn learn(&mut self, line: &Line<'_>) {
        let environment: Option<Environment<'_>> = lenient(line.attachment);
        let is_known = self.sessions.contains_key(&*line.session);
        if line.mode.is_none() && environment.is_none() && (is_known || line.cwd.is_none()) {
            return;
        }
        if self.sessions.len() >= MAX_SESSIONS && !is_known {
            self.sessions.clear();
        }
        let session = self.sessions.entry(line.session.to_string()).or_default();
        if let Some(mode) = line.mode {
            session.mode = text(Some(mode)).into_owned();
        }
        if let Some(Environment { snapshot }) = environment {
            let further = snapshot.further.iter().map(|folder| Box::from(&**folder));
            session.roots =
                Some(std::iter::once(Box::from(&*snapshot.folder)).chain(further).collect());
        }
        let folder = text(line.cwd);
        if session.roots.is_none() && !folder.is_empty() {
            session.roots = Some(Arc::from([Box::from(&*folder)]));
        }
    }

    fn block(
        &mut self,
        json: &str,
        line: &Line<'_>,
        unit: &str,
        calls: &Calls,
    ) -> Result<(), String> {
        if !is_object(json) {
            return Ok(());
        }
        let block: Block<'_> = parse_json(json)?;
        match &*block.kind {
            "tool_use" => self.tool_use(&block, line, unit, calls),
            "tool_result" => {
                let answer = match block.is_error {
                    Some(true) => Answer::of_failure(block.content),
                    _ => CallResult::Ok.into(),
                };
                let id = block.tool_use_id.as_deref().unwrap_or_default();
                let key = key(&line.session, id);
                if let Some(call) = self.uses.get(&key) {
                    call.permitted = permitted(line, &block);
                }
                self.uses.settle(&key, answer);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn tool_use(
        &mut self,
        block: &Block<'_>,
        line: &Line<'_>,
        unit: &str,
        calls: &Calls,
    ) -> Result<(), String> {
        let name = block.name.as_deref().ok_or("a `tool_use` that names no tool")?;
        let (session, id) = (&*line.session, block.id.as_deref().unwrap_or_default());
        let mut call = ToolUse { name, session, id, input: block.input }.call();
        call.time = time_at(line.timestamp)?;
        call.folder = text(line.cwd).into_owned().into();
        if let Some(session) = self.sessions.get(session) {
            call.mode = session.mode.clone().into();
            call.roots.clone_from(&session.roots);
        }
        call.field = field(line, unit, calls)?.into();
        self.uses.push(call, &key(session, id), Same::Key, calls);
        Ok(())
    }
}

/// A text, or nothing where something else stands there.
fn text(json: Option<&RawValue>) -> Cow<'_, str> {
    json.map_or(Cow::Borrowed(""), |json| string_of(json.get()))
}

/// What Claude Code made of a call whose result stands on a line. Without its own word for it a refusal is
/// known by its text; what ran may have been asked about.
fn permitted(line: &Line<'_>, block: &Block<'_>) -> Option<Permitted> {
    if let Some(decision) = lenient::<Decision<'_>>(line.decision) {
        return Some(match (&*decision.decision, &*decision.source) {
            ("accept", "config") => Permitted::Passed,
            ("accept", _) => Permitted::Approved,
            // Who had to ask and found nobody says by which rule, and nothing of its type.
            (_, "user_reject") => Permitted::Refused,
            (_, "config") if decision.reason.is_none() => Permitted::Refused,
            _ => Permitted::Denied,
        });
    }
    match &*text(line.denial) {
        "user-rejected" => return Some(Permitted::Refused),
        "permission-rule" => return Some(Permitted::Denied),
        _ => {}
    }
    if block.is_error != Some(true) {
        return Some(Permitted::Ran);
    }
    refusal::of_claude_code(block.content)
}

/// The field that stands for the grant: of the line, or of the subagent whose doing it tells.
fn field(line: &Line<'_>, unit: &str, calls: &Calls) -> Result<String, String> {
    let data = line.data.map(RawValue::get).filter(|data| is_object(data));
    match (calls.field_of(unit)?, data) {
        (of_line, Some(data)) if of_line.is_empty() => calls.field_of(data),
        (of_line, _) => Ok(of_line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::{Record, RecordArguments};

    fn read(lines: &[String], field: &str) -> Vec<Record<'static>> {
        assert!(lines.iter().all(|line| recognises(&serde_json::from_str(line).unwrap())));
        calls_in(ClaudeCode::default(), Some(field), lines)
    }

    fn line(kind: &str, session: &str, content: &str) -> String {
        format!(
            r#"{{"type":"{kind}","sessionId":"{session}","timestamp":"2026-03-01T10:00:00.250Z","isSidechain":false,"gitBranch":"main","uuid":"u","message":{{"role":"x","content":{content}}}}}"#
        )
    }

    fn tool_use(id: &str, name: &str) -> String {
        format!(r#"{{"type":"tool_use","id":"{id}","name":"{name}","input":{{"a":1}}}}"#)
    }

    fn tool_result(id: &str, error: &str) -> String {
        format!(r#"{{"tool_use_id":"{id}","type":"tool_result","content":"x"{error}}}"#)
    }

    #[test]
    fn several_calls_of_a_line_find_their_results() {
        let uses = format!("[{},{}]", tool_use("1", "mcp__files__read"), tool_use("2", "Bash"));
        let lines = [
            r#"{"type":"queue-operation","operation":"dequeue","sessionId":"s"}"#.to_owned(),
            line("user", "s", "\"hello\""),
            line("assistant", "s", &uses),
            line("user", "s", &format!("[{}]", tool_result("2", r#","is_error":true"#))),
            line("user", "s", &format!("[{}]", tool_result("1", ""))),
        ];
        let calls = read(&lines, "gitBranch");
        let seen: Vec<_> =
            calls.iter().map(|call| (&*call.server, &*call.tool, call.result)).collect();
        let expected = [("files", "read", CallResult::Ok), ("", "Bash", CallResult::ToolError)];
        assert_eq!(seen, expected);
        assert_eq!(calls[0].time.unwrap().to_string(), "2026-03-01T10:00:00.25Z");
        assert_eq!((&*calls[0].session, &*calls[0].id, &*calls[0].field), ("s", "1", "main"));
        assert_eq!(calls[0].arguments, RecordArguments::Json(r#"{"a":1}"#.into()));
    }

    #[test]
    fn a_resumed_session_repeats_no_call_but_another_session_may() {
        let uses = |session: &str| line("assistant", session, &format!("[{}]", tool_use("1", "t")));
        let calls = read(&[uses("a"), uses("a"), uses("b")], "x");
        let sessions: Vec<_> = calls.iter().map(|call| &*call.session).collect();
        assert_eq!(sessions, ["a", "b"]);
    }

    #[test]
    fn subagents_of_older_versions_stand_under_progress() {
        let progress = |kind: &str, block: &str| {
            format!(
                r#"{{"type":"progress","sessionId":"s","timestamp":"2026-03-01T10:00:05Z","data":{{"type":"agent_progress","agentId":"a1","message":{{"type":"{kind}","timestamp":"2026-03-01T10:00:01Z","message":{{"role":"{kind}","content":[{block}]}}}}}}}}"#
            )
        };
        let lines = [
            progress("assistant", &tool_use("1", "mcp__files__read")),
            progress("assistant", &tool_use("1", "mcp__files__read")),
            progress("user", &tool_result("1", r#","is_error":true"#)),
            r#"{"type":"progress","sessionId":"s","data":{"type":"bash_progress","output":"x"}}"#
                .to_owned(),
        ];
        let calls = read(&lines, "agentId");
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].time.unwrap().to_string(), "2026-03-01T10:00:01Z");
        assert_eq!((&*calls[0].field, calls[0].result), ("a1", CallResult::ToolError));
    }

    #[test]
    fn a_bad_block_is_named_and_stops_no_other() {
        let mut reader = ClaudeCode::default();
        let mut calls = Calls::default();
        let bad = format!(r#"[{{"type":"tool_use","id":"0"}},{}]"#, tool_use("1", "t"));
        let why = reader.take(&line("assistant", "s", &bad), &mut calls).unwrap_err();
        assert!(why.contains("names no tool"), "{why}");
        reader.finish(&mut calls);
        assert_eq!(calls.pop().unwrap().tool, "t");
    }
}
