//! What an answer says of a call: what came of it, or that a gateway let it not pass.
//!
//! Sources: <https://github.com/PolicyLayer/Intercept> (`internal/proxy/handler.go`, pull requests
//! 2 and 3), <https://policylayer.com/docs> for the hosted gateway; MCP clients write an error of
//! the protocol as `MCP error CODE: MESSAGE`.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::{lenient, list};
use crate::engine::Outcome;
use crate::trace::json;
use crate::trace::record::{CallResult, Record, text_of};

/// What the texts of a gateway begin with, and what it decided.
const VERDICTS: [(&str, Outcome); 3] = [
    ("[POLICY DENIED]", Outcome::Deny),
    ("[INTERCEPT POLICY DENIED]", Outcome::Deny),
    ("[INTERCEPT APPROVAL REQUIRED]", Outcome::Ask),
];

/// What stands in all of these, if they are not written in code points: most answers are long and have
/// neither.
static IN_VERDICTS: LazyLock<[Finder<'_>; 2]> = LazyLock::new(|| ["ED]", "\\u"].map(Finder::new));

/// What clients put before the text of an error, in lower case; a code may follow.
const PREFIXES: [&str; 4] = ["error:", "mcperror:", "mcp error:", "mcp error"];

/// What Claude Code puts around it.
const AROUND: (&str, &str) = ("<tool_use_error>", "</tool_use_error>");

/// What newer versions of Codex put before an answer: how long it took, and this.
const TIMED: (&str, &str) = ("Wall time: ", "\nOutput:\n");

/// What Codex puts before an error; what caused it stands below.
const CODEX: &str = "tool call error:";

/// What Copilot puts before the name of the server, which is in quotes and has a colon behind it.
const SERVER: &str = "MCP server '";

/// How many clients put something before the text at most, each before what the one below it did.
const CLIENTS: usize = 8;

/// The line between an error of Codex and what caused it.
const CAUSE: &str = "Caused by:\n";

/// The code of the error with which Intercept asks for approval.
const APPROVAL_REQUIRED: i64 = -32003;

/// What an answer says of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::trace) struct Answer {
    result: CallResult,
    /// What the gateway decided, where the answer is its own and not the tool's.
    decision: Option<Outcome>,
    /// What it told the caller then.
    message: Option<Box<str>>,
}

impl From<CallResult> for Answer {
    fn from(result: CallResult) -> Answer {
        Answer { result, decision: None, message: None }
    }
}

impl Answer {
    /// The answer that has this result, or this error.
    pub(in crate::trace) fn of(result: Option<&RawValue>, error: Option<&RawValue>) -> Answer {
        if let Some(error) = error {
            let decision = match lenient::<RpcError<'_>>(Some(error)) {
                Some(error) => error.decision(),
                None => verdict_in(error),
            };
            return Answer::decided_or(decision, CallResult::UpstreamError);
        }
        match lenient::<ToolResult<'_>>(result) {
            Some(result) if result.is_error => Answer::of_failure(result.content),
            _ => CallResult::Ok.into(),
        }
    }

    /// The answer of a tool that failed with this content: text, or blocks of text.
    pub(in crate::trace) fn of_failure(content: Option<&RawValue>) -> Answer {
        let decision = content.and_then(verdict_in);
        Answer::decided_or(decision, CallResult::ToolError)
    }

    /// An answer that does not say whether it failed, so that this is not known; its first words may
    /// tell that it is the gateway's own.
    pub(in crate::trace) fn of_unflagged(content: Option<&RawValue>) -> Answer {
        let answer = Answer::of_failure(content);
        if answer.decision.is_some() { answer } else { CallResult::Unknown.into() }
    }

    fn decided_or(decision: Option<Verdict>, result: CallResult) -> Answer {
        match decision {
            // What the tool would have answered is not known.
            Some((outcome, message)) => {
                Answer { result: CallResult::Unknown, decision: Some(outcome), message }
            }
            None => result.into(),
        }
    }

    /// Says it of a call.
    pub(in crate::trace) fn settle(self, record: &mut Record<'_>) {
        record.result = self.result;
        record.decision = self.decision.or(record.decision);
        record.message = self.message.or(record.message.take());
    }
}

/// What a gateway decided, and what it told the caller.
type Verdict = (Outcome, Option<Box<str>>);

/// How much of such a text is kept.
const KEPT: usize = 500;

/// The beginning of what a gateway told a caller.
pub(in crate::trace) fn told(text: &str) -> Option<Box<str>> {
    let text = &text[..text.floor_char_boundary(KEPT)];
    (!text.is_empty()).then(|| text.into())
}

/// What a gateway decided whose words some content begins with. Text may be content written as JSON.
fn verdict_in(content: &RawValue) -> Option<Verdict> {
    let has = |words: &Finder<'_>| words.find(content.get().as_bytes()).is_some();
    if !IN_VERDICTS.iter().any(has) {
        return None;
    }
    let text = first_text(content)?;
    let timed = text.strip_prefix(TIMED.0).and_then(|timed| timed.split_once(TIMED.1));
    let text = timed.map_or(&*text, |(_, answer)| answer);
    let inner = match text.starts_with(['{', '[']) {
        true => json::read::<&RawValue>(text).and_then(first_text),
        false => None,
    };
    verdict(inner.as_deref().unwrap_or(text))
}

/// What a gateway decided that answers with this text.
fn verdict(text: &str) -> Option<Verdict> {
    let mut text = text.trim();
    for _ in 0..CLIENTS {
        let Some(rest) = unwrapped(text) else { break };
        text = rest;
    }
    let found = VERDICTS.iter().find(|(start, _)| text.starts_with(start));
    found.map(|(_, outcome)| (*outcome, told(text)))
}

/// What is left of a text without what a client put before it, if it did.
fn unwrapped(text: &str) -> Option<&str> {
    let behind = |prefix: &str| {
        let (start, rest) = text.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then(|| rest.trim_start())
    };
    if let Some(inner) = text.strip_prefix(AROUND.0) {
        return Some(inner.strip_suffix(AROUND.1).unwrap_or(inner).trim());
    }
    if let Some(server) = text.strip_prefix(SERVER) {
        return server.split_once("': ").map(|(_, rest)| rest.trim_start());
    }
    if let Some(error) = behind(CODEX) {
        return Some(cause(error).unwrap_or(error));
    }
    let rest = PREFIXES.iter().find_map(|prefix| behind(prefix))?;
    let is_code = |one: char| one.is_ascii_digit() || one == '-';
    let code = rest.len() - rest.trim_start_matches(is_code).len();
    let behind = rest[code..].strip_prefix(':').filter(|_| code > 0);
    Some(behind.map_or(rest, str::trim_start))
}

/// What caused an error of Codex: what stands below its first line, and of a chain, whose numbers are
/// five characters wide, the last.
fn cause(error: &str) -> Option<&str> {
    let (_, below) = error.split_once('\n')?;
    let below = below.trim_start().strip_prefix(CAUSE)?;
    let mut cause = below;
    let (mut number, mut at) = (0, 0);
    for line in below.split_inclusive('\n') {
        if let Some(text) = line.strip_prefix(&format!("{number:>5}: ")) {
            cause = &below[at + line.len() - text.len()..];
            number += 1;
        }
        at += line.len();
    }
    Some(cause.trim_start())
}

/// The text that some content begins with: of itself, of a block of it, or of an object around it.
pub(in crate::trace) fn first_text(content: &RawValue) -> Option<Cow<'_, str>> {
    if content.get().starts_with('"') {
        return Some(text_of(content.get()));
    }
    let of_block = |block: &RawValue| {
        lenient::<Block<'_>>(Some(block))?.text.map(|text| Cow::Owned(text.into_owned()))
    };
    match list(Some(content)).first() {
        Some(block) => of_block(block),
        None => of_block(content),
    }
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow, alias = "message", alias = "content")]
    text: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct ToolResult<'a> {
    #[serde(default, rename = "isError")]
    is_error: bool,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct RpcError<'a> {
    code: Option<i64>,
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Approval {
    #[serde(rename = "approval_id")]
    _id: String,
}

impl RpcError<'_> {
    fn decision(&self) -> Option<Verdict> {
        let asks = || {
            let is_asked = self.code == Some(APPROVAL_REQUIRED);
            let has_id = is_asked && lenient::<Approval>(self.data).is_some();
            has_id.then(|| (Outcome::Ask, self.message.as_deref().and_then(told)))
        };
        self.message.as_deref().and_then(verdict).or_else(asks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> &RawValue {
        serde_json::from_str(json).unwrap()
    }

    fn of_result(json: &str) -> (CallResult, Option<Outcome>) {
        let Answer { result, decision, .. } = Answer::of(Some(raw(json)), None);
        (result, decision)
    }

    fn of_error(json: &str) -> (CallResult, Option<Outcome>) {
        let Answer { result, decision, .. } = Answer::of(None, Some(raw(json)));
        (result, decision)
    }

    #[test]
    fn what_a_gateway_answers_is_its_decision_and_no_answer_of_the_tool() {
        let denied = r#"{"isError":true,"content":[{"type":"text","text":"[POLICY DENIED] no"}]}"#;
        assert_eq!(of_result(denied), (CallResult::Unknown, Some(Outcome::Deny)));
        let intercept = denied.replace("[POLICY", "[INTERCEPT POLICY");
        assert_eq!(of_result(&intercept), (CallResult::Unknown, Some(Outcome::Deny)));
        let asked = r#"{"code":-32003,"message":"[INTERCEPT APPROVAL REQUIRED] big"}"#;
        assert_eq!(of_error(asked), (CallResult::Unknown, Some(Outcome::Ask)));
        let by_id = r#"{"code":-32003,"message":"wait","data":{"approval_id":"a"}}"#;
        assert_eq!(of_error(by_id), (CallResult::Unknown, Some(Outcome::Ask)));
        let seen = raw(r#""MCP error -32003: [INTERCEPT APPROVAL REQUIRED] big""#);
        assert_eq!(Answer::of_failure(Some(seen)).decision, Some(Outcome::Ask));
        for (text, decision) in [
            (
                r#""tool call error: tool call failed for `a/b`\n\nCaused by:\n    Mcp error: -32003: [INTERCEPT APPROVAL REQUIRED] big""#,
                Outcome::Ask,
            ),
            (
                r#""tool call error: tool call failed for `a/b`\n\nCaused by:\n    0: x failed\n    1: Mcp error: -32000: [INTERCEPT POLICY DENIED] no\n       2: more""#,
                Outcome::Deny,
            ),
            (
                r#""<tool_use_error>MCP error -32000: [INTERCEPT POLICY DENIED] no</tool_use_error>""#,
                Outcome::Deny,
            ),
            (r#""Wall time: 0.0124 seconds\nOutput:\n[POLICY DENIED] no""#, Outcome::Deny),
            (r#""[{\"type\":\"text\",\"text\":\"[POLICY DENIED] no\"}]""#, Outcome::Deny),
            (r#"{"message":"MCP server 'a': [POLICY DENIED] no","code":"failure"}"#, Outcome::Deny),
            (r#""MCP error -32000: [INTERCEPT POLICY DENIED] no""#, Outcome::Deny),
            (r#"{"message":"[POLICY DENIED] no","data":null}"#, Outcome::Deny),
        ] {
            assert_eq!(Answer::of_failure(Some(raw(text))).decision, Some(decision), "{text}");
        }
    }

    #[test]
    fn what_a_client_put_before_an_error_is_read_once() {
        for prefix in
            ["error: ", "mcp error ", "tool call error: ", "tool call error: \n", "mcp error 1:"]
        {
            let text = format!("{}boom", prefix.repeat(400_000));
            let started = std::time::Instant::now();
            assert_eq!(verdict(&text), None);
            assert!(started.elapsed().as_secs() < 5, "{prefix}");
        }
    }

    #[test]
    fn a_text_that_speaks_of_a_gateway_is_none_of_its_own() {
        let quotes = r#"{"isError":true,"content":[{"text":"see [POLICY DENIED]"}]}"#;
        assert_eq!(of_result(quotes), (CallResult::ToolError, None));
        for text in [
            "error: the page says Caused by: [POLICY DENIED] no",
            "error: the page says\nCaused by:\n[POLICY DENIED] no",
            "tool call error: the page says Caused by: [POLICY DENIED] no",
            "tool call error: x\nit says:\nCaused by:\n[POLICY DENIED] no",
            "tool call error: x\n\nCaused by:\n    0: [POLICY DENIED] no\n    1: an answer",
            "error: 5 [POLICY DENIED] no",
        ] {
            let json = serde_json::json!({ "isError": true, "content": [{ "text": text }] });
            assert_eq!(of_result(&json.to_string()), (CallResult::ToolError, None), "{text}");
        }
        let page = r#"{"content":[{"text":"[POLICY DENIED] is how it begins"}]}"#;
        assert_eq!(of_result(page), (CallResult::Ok, None));
        let other = r#"{"code":-32003,"message":"busy"}"#;
        assert_eq!(of_error(other), (CallResult::UpstreamError, None));
    }
}
