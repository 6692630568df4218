//! Hook input of Claude Code, appended to a file by a hook: one JSON object a line.
//!
//! `PreToolUse` comes before a tool is used, `PostToolUse` or `PostToolUseFailure` after it; a file
//! may have either or both, which is one call. Lines have `session_id`, `tool_name`, `tool_input`
//! and, in newer versions, `tool_use_id`; they have no time. Other events hold no call, also
//! `PermissionRequest`, which asks for one.
//! Source: <https://code.claude.com/docs/en/hooks>.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::answer::Answer;
use super::common::claude_code_call::{ToolUse, key};
use super::common::format::{FormatFacts, JSON, Units};
use super::common::json::lenient;
use super::common::pending::{Pending, Same};
use super::common::reader::{Calls, Reader};
use crate::trace::record::{CallResult, Record, parse_object};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "claude-code-hook",
    description: "hook input of Claude Code, one JSON object a line",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(ClaudeCodeHook::default()),
};

/// Whether a unit is hook input.
fn recognises(unit: &Value) -> bool {
    let has = |key: &str| unit.get(key).is_some();
    has("session_id") && (has("hook_event_name") || has("tool_name") && has("tool_input"))
}

/// Reads hook input.
#[derive(Debug, Default)]
struct ClaudeCodeHook {
    uses: Pending,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    hook_event_name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    session_id: Cow<'a, str>,
    #[serde(borrow)]
    cwd: Option<Cow<'a, str>>,
    #[serde(borrow)]
    permission_mode: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tool_input: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_response: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_use_id: Option<Cow<'a, str>>,
    /// Why a call failed.
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

/// A response that says so itself when it is an error.
#[derive(Deserialize)]
struct Response<'a> {
    #[serde(alias = "isError", alias = "is_error")]
    failed: bool,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

impl Reader for ClaudeCodeHook {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let line: Line<'_> = parse_object(unit, "hook input")?;
        let result = match line.hook_event_name.as_deref() {
            Some("PreToolUse") => None,
            Some("PostToolUse") => Some(line.response()),
            Some("PostToolUseFailure") => Some(Answer::of_failure(line.error)),
            None => line.tool_response.map(|_| line.response()),
            Some(_) => return Ok(()),
        };
        let key = line.key();
        if result.is_none() || !self.uses.is_open(&key) {
            self.uses.push(line.call(unit, calls)?, &key, Same::Key, calls);
        }
        if let Some(result) = result {
            self.uses.settle(&key, result);
        }
        self.uses.give_out(calls);
        Ok(())
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.uses.finish(calls);
    }
}

impl Line<'_> {
    fn call(&self, unit: &str, calls: &Calls) -> Result<Record<'static>, String> {
        let name = self.tool_name.as_deref().ok_or("hook input of a tool that it does not name")?;
        let id = self.tool_use_id.as_deref().unwrap_or_default();
        let tool_use = ToolUse { name, session: &self.session_id, id, input: self.tool_input };
        let owned = |text: &Option<Cow<'_, str>>| text.clone().unwrap_or_default().into_owned();
        Ok(Record {
            field: calls.field_of(unit)?.into(),
            folder: owned(&self.cwd).into(),
            mode: owned(&self.permission_mode).into(),
            ..tool_use.call()
        })
    }

    /// What tells the call from others: its session, and its id, or else what is called.
    fn key(&self) -> String {
        match &self.tool_use_id {
            Some(id) => key(&self.session_id, id),
            None => {
                let tool = self.tool_name.as_deref().unwrap_or_default();
                key(&self.session_id, &key(tool, self.tool_input.map_or("", RawValue::get)))
            }
        }
    }

    fn response(&self) -> Answer {
        match lenient::<Response<'_>>(self.tool_response) {
            Some(Response { failed: true, content }) => Answer::of_failure(content),
            _ => CallResult::Ok.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;

    fn read(lines: &[String]) -> Vec<(String, CallResult)> {
        assert!(lines.iter().all(|line| recognises(&serde_json::from_str(line).unwrap())));
        calls_in(ClaudeCodeHook::default(), None, lines)
            .into_iter()
            .map(|call| (call.tool.to_string(), call.result))
            .collect()
    }

    fn line(event: &str, tool: &str, more: &str) -> String {
        format!(
            r#"{{"session_id":"s","transcript_path":"/srv/t.jsonl","cwd":"/srv","hook_event_name":"{event}","tool_name":"{tool}","tool_input":{{"a":1}}{more}}}"#
        )
    }

    fn with_id(event: &str, tool: &str, id: u32) -> String {
        line(event, tool, &format!(r#","tool_use_id":"toolu_{id}""#))
    }

    #[test]
    fn a_call_before_and_after_is_one_call() {
        let seen = read(&[
            with_id("PreToolUse", "mcp__files__read", 1),
            with_id("PermissionRequest", "mcp__files__read", 1),
            with_id("PreToolUse", "Bash", 2),
            with_id("PostToolUse", "mcp__files__read", 1),
            with_id("PostToolUseFailure", "Bash", 2),
            with_id("PostToolUse", "Edit", 3),
        ]);
        let expected =
            [("read", CallResult::Ok), ("Bash", CallResult::ToolError), ("Edit", CallResult::Ok)];
        assert_eq!(seen, expected.map(|(tool, result)| (tool.to_owned(), result)));
    }

    #[test]
    fn without_ids_the_same_call_before_and_after_is_one_call() {
        let failed = r#","tool_response":{"isError":true}"#;
        let seen = read(&[
            line("PreToolUse", "a", ""),
            line("PostToolUse", "a", failed),
            line("PostToolUse", "a", r#","tool_response":[{"type":"text"}]"#),
            line("PreToolUse", "a", "").replace(r#""hook_event_name":"PreToolUse","#, ""),
        ]);
        let results: Vec<_> = seen.into_iter().map(|(_, result)| result).collect();
        assert_eq!(results, [CallResult::ToolError, CallResult::Ok, CallResult::Unknown]);
    }

    #[test]
    fn a_bad_line_says_why() {
        let mut reader = ClaudeCodeHook::default();
        let line = r#"{"session_id":"s","hook_event_name":"PreToolUse","tool_input":{}}"#;
        let why = reader.take(line, &mut Calls::default()).unwrap_err();
        assert!(why.contains("that it does not name"), "{why}");
    }
}
